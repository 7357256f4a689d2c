package quiz

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// HonoursFormat names the format of an honours list.
const HonoursFormat = "dangshi-honours 1"

// MaxHonours bounds the file of an honours list, in bytes: with TiesAll a large
// part of a million members may be on it.
const MaxHonours = 256 << 20

// HonoursRule says in words how the list was made, so that it can be done again
// with any tool. Lists are compared with it: another wording is another
// HonoursFormat.
func HonoursRule(w Weights, p Prizes) []string {
	who := "正好取前 top 名，末位并列的由抽签决定。"
	if p.Ties == TiesAll {
		who = "取前 top 名，与末位并列的全部列入。"
	}
	return []string{
		fmt.Sprintf("每天满分 100 分：答完得 %d 分，另 %d 分乘以答对的题数再除以题数；没有答完的卷子不计分。赛季积分是各天之和。", w.Finish, w.Correct),
		"points 以 1/" + strconv.Itoa(Unit) + " 分为单位，除以 " + strconv.Itoa(Unit) + " 就是积分。",
		"名次先比积分 points，再比答完的天数 days，再比本赛季不用补签卡的最长连续天数 longest。",
		"三样都相等的抽签：钥匙 = HMAC-SHA256(种子的 32 个字节, entropy 的 UTF-8 文字)，签 lot = HMAC-SHA256(钥匙的 32 个字节, 编号)，写成十六进制，小的在前。",
		"commits 是抽签以前公布的：seed 是种子 32 个字节的 SHA-256；list 是上榜编号按字节排序、每个后面加一个换行符（LF）的 SHA-256。以最后一条为准。",
		who,
		"ledger 是成绩台账文件的 SHA-256，由台账可以重算每个人的成绩。",
	}
}

// Encode writes the list as it is published: the same list always gives the same
// bytes.
func (h Honours) Encode() ([]byte, error) {
	h.Seal = ""
	open, err := h.marshal()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(open)
	h.Seal = hex.EncodeToString(sum[:])
	return h.marshal()
}

func (h Honours) marshal() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(h)
	return b.Bytes(), err
}

// ErrHonours means that a file is no honours list. What follows is for people.
var ErrHonours = errors.New("这不是一份可以核对的荣誉名单")

// ParseHonours reads what Encode writes, however its spaces are set; a field that
// is not known is an error. Whether what it says is true, Check tells.
func ParseHonours(data []byte) (Honours, error) {
	var h Honours
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&h); err != nil {
		return Honours{}, fmt.Errorf("%w：%s", ErrHonours, jsonFault(data, dec.InputOffset(), err))
	}
	if rest := bytes.TrimSpace(data[dec.InputOffset():]); len(rest) > 0 {
		return Honours{}, fmt.Errorf("%w：名单后面还有别的内容", ErrHonours)
	}
	if h.Format != HonoursFormat {
		return Honours{}, fmt.Errorf("%w：format 是 %q，应为 %q；如果是更新的版本写的，请用那个版本核对", ErrHonours, clip(h.Format), HonoursFormat)
	}
	return h, nil
}

// jsonFault says where a JSON text is wrong; read is how much of it was taken.
func jsonFault(data []byte, read int64, err error) string {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		read = syntax.Offset
	} else if typ, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		read = typ.Offset
	}
	line := 1 + bytes.Count(data[:min(max(read, 0), int64(len(data)))], []byte("\n"))
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Sprintf("第%d行前后有不认识的 %s", line, clip(field))
	}
	return fmt.Sprintf("第%d行不是应有的 JSON", line)
}

// clip shortens what a foreign file says, for an error.
func clip(s string) string {
	if runes := []rune(strings.ToValidUTF8(s, "?")); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return s
}
