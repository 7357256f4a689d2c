package setup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// SceneFile keeps codes in a file of one account's lines: JSON, each written as soon as
// its code was got. Other accounts' lines are left alone.
type SceneFile struct {
	path, account string
	codes         map[string]string
	torn          bool // the last line was cut off
}

// sceneLine is one line.
type sceneLine struct {
	Account string `json:"appid"`
	Scene   string `json:"code"`
	Address string `json:"address"`
}

// OpenSceneFile reads a file, which need not be there. Lines that cannot be read, as the
// last one after a crash, count for nothing: their codes are got anew.
func OpenSceneFile(path, account string) (*SceneFile, error) {
	f := &SceneFile{path: path, account: account, codes: map[string]string{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, fmt.Errorf("读不了取过的二维码：%w", err)
	}
	f.torn = len(text) > 0 && text[len(text)-1] != '\n'
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		var l sceneLine
		if json.Unmarshal(line, &l) == nil && l.Account == account && l.Scene != "" && l.Address != "" {
			f.codes[l.Scene] = l.Address
		}
	}
	return f, nil
}

// Get is part of KeptScenes.
func (f *SceneFile) Get(scene string) (address string, ok bool) {
	address, ok = f.codes[scene]
	return address, ok
}

// Keep is part of KeptScenes. The folder must be there.
func (f *SceneFile) Keep(scene, address string) error {
	line, err := encodeLine(sceneLine{f.account, scene, address})
	if err != nil {
		return err
	}
	if f.torn {
		line = append([]byte("\n"), line...)
	}
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("记不下取到的二维码：%w", err)
	}
	_, err = file.Write(line)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("记不下取到的二维码：%w", err)
	}
	f.torn = false
	f.codes[scene] = address
	return nil
}

// encodeLine writes a line with & as it is: people look into the file.
func encodeLine(l sceneLine) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(l)
	return b.Bytes(), err
}
