package store

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"

	"dangshi/quiz"
)

// Documents are named values of which each has a version, such as the ledgers of
// the push. Whoever writes one must have read it as it is now. There are few of
// them: tens, a year's pushes at most.
type Documents struct {
	store   *Store
	key     func(name string) string
	names   string
	indexed *sync.Map // names that this process has entered into the index
}

// PushLedger holds what the push has done and is about to do.
func (s *Store) PushLedger() Documents { return s.push }

// Simulator is what the sandbox, which plays WeChat, remembers: documents, and
// lists that grow at their end. It is WeChat's side of the data: erasing a member
// leaves it alone.
type Simulator struct{ Documents }

// Simulator holds what the sandbox remembers.
func (s *Store) Simulator() Simulator { return Simulator{s.sim} }

func (s *Store) openDocuments() {
	s.push = Documents{s, pushKey, namesKey("push"), new(sync.Map)}
	s.sim = Documents{s, simKey, namesKey("sim"), new(sync.Map)}
	s.accounts = Documents{s, accountKey, namesKey("account"), new(sync.Map)}
}

var nameForm = regexp.MustCompile(`^[0-9A-Za-z_.:-]{1,200}$`)

var errName = errors.New("a name needs 1 to 200 characters: ASCII letters, digits, and - _ . : between or around them")

func checkName(name string) error {
	if !nameForm.MatchString(name) {
		return errName
	}
	return nil
}

// Load reads a document; an absent one is nil with an empty version. Errors:
// quiz.ErrUnavailable, ErrRecord.
func (d Documents) Load(ctx context.Context, name string) (value []byte, version quiz.Version, err error) {
	if err := checkName(name); err != nil {
		return nil, "", err
	}
	stored, err := d.store.client.Get(ctx, d.key(name)).Result()
	if err := unavailable(err); err != nil {
		return nil, "", err
	}
	return cutVersion(stored)
}

// cutVersion takes a versioned value apart; an empty one is absent.
func cutVersion(stored string) (value []byte, version quiz.Version, err error) {
	switch {
	case stored == "":
		return nil, "", nil
	case len(stored) < versionBytes:
		return nil, "", fmt.Errorf("%w: it has %d bytes", ErrRecord, len(stored))
	}
	return []byte(stored[versionBytes:]), quiz.Version(stored[:versionBytes]), nil
}

// Save writes a document if it still has the expected version, and gives the one
// that it has now. Errors:
//
//	quiz.ErrConflict     nothing was written: load it again
//	quiz.ErrUnavailable  nothing was written
//	quiz.ErrUnknown      it may have been written or not: if it was, it has the
//	                     version that comes along, until someone else writes
func (d Documents) Save(ctx context.Context, name string, value []byte, expected quiz.Version) (quiz.Version, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	if err := d.index(ctx, name); err != nil {
		return "", err
	}
	return d.store.save(ctx, []string{d.key(name)}, value, expected)
}

// SaveNoted is Save with a line of the audit log: both are written, or neither. It is for
// what people do; a line of nothing is none. Errors as of Save.
func (d Documents) SaveNoted(ctx context.Context, name string, value []byte, expected quiz.Version, line Audited) (quiz.Version, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	if err := d.index(ctx, name); err != nil {
		return "", err
	}
	return d.store.saveNoted(ctx, d.key(name), value, expected, line)
}

// saveNoted writes a versioned value with the line that says who did it, in one step: a
// crash leaves both or neither. Both lie in the slot that all share. Errors as of
// Documents.Save.
func (s *Store) saveNoted(ctx context.Context, key string, value []byte, expected quiz.Version, line Audited) (quiz.Version, error) {
	noted, err := line.text()
	switch {
	case err != nil:
		return "", err
	case noted == nil:
		return s.save(ctx, []string{key}, value, expected)
	}
	next := newVersion()
	answer, err := s.run(ctx, s.note, []string{key, auditKey()}, string(expected), string(next)+string(value), noted)
	switch {
	case errors.Is(err, quiz.ErrUnknown):
		return next, err
	case err != nil:
		return "", err
	case answer != int64(1):
		return "", quiz.ErrConflict
	}
	return next, nil
}

// save is Documents.Save by keys and further arguments as commit.lua takes them.
func (s *Store) save(ctx context.Context, keys []string, value []byte, expected quiz.Version, more ...any) (quiz.Version, error) {
	next := newVersion()
	args := append([]any{string(expected), string(next) + string(value), "", "0"}, more...)
	answer, err := s.run(ctx, s.commit, keys, args...)
	switch {
	case errors.Is(err, quiz.ErrUnknown):
		return next, err
	case err != nil:
		return "", err
	}
	switch status, _, err := commitAnswer(answer); {
	case err != nil:
		return "", err
	case status != statusOK:
		return "", quiz.ErrConflict
	}
	return next, nil
}

// index notes the name before the document is there: a crash in between leaves a
// name without a document, which Names leaves out. Each process notes each name
// once more, since a backup that was restored may have brought an older index.
func (d Documents) index(ctx context.Context, name string) error {
	if _, done := d.indexed.Load(name); done {
		return nil
	}
	if err := d.store.client.SAdd(ctx, d.names, name).Err(); err != nil {
		// The document was not touched, whatever became of the index.
		return unavailable(err)
	}
	d.indexed.Store(name, true)
	return nil
}

// Names lists the documents that exist, in order. Errors: quiz.ErrUnavailable.
func (d Documents) Names(ctx context.Context) ([]string, error) {
	names, err := d.store.client.SMembers(ctx, d.names).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	p := d.store.client.Pipeline()
	for _, name := range names {
		p.Exists(ctx, d.key(name))
	}
	there, err := p.Exec(ctx)
	if err != nil {
		return nil, unavailable(err)
	}
	var found []string
	for i, cmd := range there {
		if n, ok := cmd.(interface{ Val() int64 }); ok && n.Val() > 0 {
			found = append(found, names[i])
		}
	}
	slices.Sort(found)
	return found, nil
}

// Append adds value to the end of a list. With keep > 0 only the last keep
// entries stay. Errors: quiz.ErrUnavailable where nothing was written,
// quiz.ErrUnknown.
func (s Simulator) Append(ctx context.Context, list string, value []byte, keep int) error {
	if err := checkName(list); err != nil {
		return err
	}
	_, err := s.store.run(ctx, s.store.append, []string{simListKey(list)}, value, max(keep, 0))
	return err
}

// List reads a whole list, oldest entry first; an absent one is empty. Errors:
// quiz.ErrUnavailable.
func (s Simulator) List(ctx context.Context, list string) ([][]byte, error) {
	if err := checkName(list); err != nil {
		return nil, err
	}
	entries, err := s.store.client.LRange(ctx, simListKey(list), 0, -1).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	values := make([][]byte, len(entries))
	for i, e := range entries {
		values[i] = []byte(e)
	}
	return values, nil
}
