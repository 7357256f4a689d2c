package wechat

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/silenceper/wechat/v2/util"
)

// decrypt checks the signature of an encrypted text and opens it: 16 random bytes, length,
// XML and AppID, in AES-256-CBC with PKCS#7 to 32 bytes.
// https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Message_encryption_and_decryption_instructions.html
func (h *Webhook) decrypt(encrypted []byte, q *query) (doc []byte, refused *refusal) {
	if len(encrypted) == 0 {
		return nil, errDowngrade
	}
	if !signed(q.msgSignature, h.token, []byte(q.timestamp), []byte(q.nonce), encrypted) {
		return nil, errMsgSig
	}
	ciphertext := make([]byte, base64.StdEncoding.DecodedLen(len(encrypted)))
	n, err := base64.StdEncoding.Decode(ciphertext, encrypted)
	if err != nil {
		return nil, errCiphertext
	}
	doc, appID, err := open(ciphertext[:n], h.key)
	if err != nil {
		return nil, errCiphertext
	}
	if subtle.ConstantTimeCompare(appID, h.appID) != 1 {
		return nil, errAppID
	}
	return doc, nil
}

// open calls the library below its DecryptMsg, which decodes the key anew for each
// message and compares the AppID with ==. It checks lengths and the count of the padding
// itself; where int has 32 bits the length that a sender claims overflows, and it panics.
func open(ciphertext, key []byte) (doc, appID []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("decrypting: %v", v)
		}
	}()
	_, doc, appID, err = util.AESDecryptMsg(ciphertext, key)
	return doc, appID, err
}

// appendSealed appends the envelope of a reply, with a random block, a nonce and a
// signature of its own.
func (h *Webhook) appendSealed(dst, reply []byte) []byte {
	var random [24]byte // 16 for the text, 8 for the nonce
	// It never fails: the runtime ends the program instead.
	_, _ = rand.Read(random[:])
	ciphertext := util.AESEncryptMsg(random[:16], reply, string(h.appID), h.key)
	encrypted := make([]byte, base64.StdEncoding.EncodedLen(len(ciphertext)))
	base64.StdEncoding.Encode(encrypted, ciphertext)
	nonce := hex.AppendEncode(nil, random[16:])
	timestamp := strconv.AppendInt(nil, h.now().Unix(), 10)
	sig := signature(h.token, timestamp, nonce, encrypted)

	dst = append(dst, "<xml><Encrypt><![CDATA["...)
	dst = append(dst, encrypted...)
	dst = append(dst, "]]></Encrypt><MsgSignature><![CDATA["...)
	dst = append(dst, sig[:]...)
	dst = append(dst, "]]></MsgSignature><TimeStamp>"...)
	dst = append(dst, timestamp...)
	dst = append(dst, "</TimeStamp><Nonce><![CDATA["...)
	dst = append(dst, nonce...)
	return append(dst, "]]></Nonce></xml>"...)
}
