package account

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"dangshi/quiz"
)

// MaxName bounds a name, in characters.
const MaxName = 20

func isConflict(err error) bool { return errors.Is(err, quiz.ErrConflict) }

// CheckName says what is wrong with a name.
func CheckName(name string) error {
	if n := utf8.RuneCountInString(name); n < 1 || n > MaxName {
		return fmt.Errorf("名字要有 1 到 %d 个字", MaxName)
	}
	for _, r := range name {
		if r != ' ' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '·' && r != '-' && r != '_' && r != '.' {
			return fmt.Errorf("名字里不能有 %q：用文字、数字、空格和 - _ . ·", r)
		}
	}
	return nil
}

// Open makes an account with a one-time password, which is told once and kept
// nowhere. Errors: ErrTaken; what is wrong with the name or the role; those of Book.
func (d *Desk) Open(ctx context.Context, name string, role Role, by string, now time.Time) (password string, err error) {
	name = CleanName(name)
	if err := CheckName(name); err != nil {
		return "", err
	}
	if !role.Valid() {
		return "", fmt.Errorf("没有 %q 这种角色", role)
	}
	a := Account{Name: name, Role: role, OneTime: true, Made: now, MadeBy: by}
	password = OneTimePassword()
	if a.Hash, err = d.hasher.Hash(password); err != nil {
		return "", err
	}
	switch err := d.book.SaveAccount(ctx, a, ""); {
	case isConflict(err):
		return "", ErrTaken
	case err != nil:
		return "", err
	}
	return password, d.attempts.ForgetAttempts(ctx, attemptAccount, name)
}
