package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dangshi/quiz"
)

// Person is what is stored of one who may sign in to the console, in the console's own
// form.
type Person struct {
	Name  string
	Value []byte
}

// MaxAccountName bounds the name of an account, in bytes.
const MaxAccountName = 90

// accountDocument is the name of an account's document: people have Chinese names.
func accountDocument(name string) (string, error) {
	if name == "" || len(name) > MaxAccountName {
		return "", fmt.Errorf("the name of an account has 1 to %d bytes", MaxAccountName)
	}
	return hex.EncodeToString([]byte(name)), nil
}

// Person reads an account; an absent one is nil with an empty version. Errors:
// quiz.ErrUnavailable, ErrRecord.
func (s *Store) Person(ctx context.Context, name string) (value []byte, v quiz.Version, err error) {
	document, err := accountDocument(name)
	if err != nil {
		return nil, "", nil // nobody has such a name
	}
	return s.accounts.Load(ctx, document)
}

// SavePerson writes an account that still has the expected version, "" where there
// must be none, with its line of the audit log, see saveNoted. Errors: quiz.ErrConflict, quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) SavePerson(ctx context.Context, p Person, expected quiz.Version, line Audited) error {
	document, err := accountDocument(p.Name)
	if err != nil {
		return err
	}
	if !json.Valid(p.Value) {
		return errors.New("an account is kept as JSON")
	}
	_, err = s.accounts.SaveNoted(ctx, document, p.Value, expected, line)
	return err
}

// People are all accounts, by name. Errors: quiz.ErrUnavailable, ErrRecord.
func (s *Store) People(ctx context.Context) ([]Person, error) {
	names, err := s.accounts.Names(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Person, 0, len(names))
	for _, document := range names {
		name, err := hex.DecodeString(document)
		if err != nil {
			return nil, fmt.Errorf("%w: account %s", ErrRecord, document)
		}
		value, _, err := s.accounts.Load(ctx, document)
		if err != nil {
			return nil, err
		}
		if value != nil {
			all = append(all, Person{string(name), value})
		}
	}
	slices.SortFunc(all, func(a, b Person) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}
