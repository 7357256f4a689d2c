package account

// Role is what a person is to the organisation; it says what they may do.
type Role string

// The roles.
const (
	Admin  Role = "admin"  // all
	Editor Role = "editor" // banks and what members read
	Staff  Role = "staff"  // look, export, hand out awards
)

// Roles are all roles, the one that may most first.
func Roles() []Role { return []Role{Admin, Editor, Staff} }

// Right is one thing that a role may do or not.
type Right uint8

// The rights.
const (
	Look   Right = iota + 1 // figures and lists without names
	Names                   // see and look for members by name
	Export                  // take lists away as files
	Edit                    // banks, items, papers
	Govern                  // whatever changes results, reaches members or names who may sign in
)

var rights = map[Role][]Right{
	Admin:  {Look, Names, Export, Edit, Govern},
	Editor: {Look, Edit},
	Staff:  {Look, Names, Export},
}

// May reports whether the role has a right.
func (r Role) May(right Right) bool {
	for _, has := range rights[r] {
		if has == right {
			return true
		}
	}
	return false
}

// Valid reports whether it is a role at all.
func (r Role) Valid() bool { return rights[r] != nil }

// Word is the role as people see it.
func (r Role) Word() string {
	switch r {
	case Admin:
		return "管理员"
	case Editor:
		return "编辑"
	case Staff:
		return "工作人员"
	}
	return string(r)
}
