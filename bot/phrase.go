package bot

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Phrase is a sentence with places such as {name}, split once when it is loaded.
type Phrase struct {
	text  []string // one more than names
	names []string
}

// parsePhrase splits a sentence at its places.
func parsePhrase(s string) (Phrase, error) {
	var p Phrase
	for {
		before, rest, found := strings.Cut(s, "{")
		p.text = append(p.text, before)
		if !found {
			return p, nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || strings.ContainsAny(name, "{\n") {
			return Phrase{}, fmt.Errorf("{ without } in %q", s)
		}
		p.names = append(p.names, name)
		s = after
	}
}

// UnmarshalYAML reads a phrase from its line of the wording file.
func (p *Phrase) UnmarshalYAML(node *yaml.Node) error {
	var s string
	if err := node.Decode(&s); err != nil {
		return err
	}
	parsed, err := parsePhrase(s)
	if err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	*p = parsed
	return nil
}

// With fills the places; pairs are a name and its text, in turn.
func (p Phrase) With(pairs ...string) string {
	if len(p.names) == 0 {
		return p.String()
	}
	var b strings.Builder
	for i, name := range p.names {
		b.WriteString(p.text[i])
		for k := 0; k+1 < len(pairs); k += 2 {
			if pairs[k] == name {
				b.WriteString(pairs[k+1])
				break
			}
		}
	}
	b.WriteString(p.text[len(p.names)])
	return b.String()
}

// String is the phrase with its places left out.
func (p Phrase) String() string {
	if len(p.text) == 1 {
		return p.text[0]
	}
	return strings.Join(p.text, "")
}

// check says which place of the phrase nobody would fill.
func (p Phrase) check(allowed []string) error {
	if strings.TrimSpace(p.String()) == "" && len(p.names) == 0 {
		return fmt.Errorf("is missing or empty")
	}
	for _, name := range p.names {
		if !slices.Contains(allowed, name) {
			return fmt.Errorf("has {%s}, which is not one of {%s}", name, strings.Join(allowed, "}, {"))
		}
	}
	return nil
}
