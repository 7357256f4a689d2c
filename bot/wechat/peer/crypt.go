package peer

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// block is WeChat's PKCS#7 block, in bytes: twice that of AES.
const block = 32

// Sign is the signature of parts: the hex of the SHA-1 of the parts, sorted and joined.
// Its parts are token, timestamp and nonce, and for a msg_signature the encrypted text.
func Sign(parts ...string) string {
	sum := sha1.Sum([]byte(strings.Join(slices.Sorted(slices.Values(parts)), "")))
	return hex.EncodeToString(sum[:])
}

// Encrypt encrypts document for appID, as base64.
func Encrypt(aesKey, appID string, document []byte) (string, error) {
	plain := make([]byte, 16, 16+4+len(document)+len(appID)+block)
	if _, err := rand.Read(plain); err != nil {
		return "", err
	}
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(document)))
	plain = append(plain, document...)
	plain = append(plain, appID...)
	pad := block - len(plain)%block
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	return EncryptRaw(aesKey, plain)
}

// EncryptRaw encrypts plain, whole blocks of 16 bytes, as it is: for what a
// WeChat gone mad might send.
func EncryptRaw(aesKey string, plain []byte) (string, error) {
	cbc, iv, err := newCipher(aesKey)
	if err != nil {
		return "", err
	}
	if len(plain)%aes.BlockSize != 0 {
		return "", errors.New("peer: not whole blocks")
	}
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(cbc, iv).CryptBlocks(out, plain)
	return base64.StdEncoding.EncodeToString(out), nil
}

// Decrypt opens what Encrypt or the webhook encrypted for appID.
func Decrypt(aesKey, appID, encrypted string) ([]byte, error) {
	cbc, iv, err := newCipher(aesKey)
	if err != nil {
		return nil, err
	}
	plain, err := base64.StdEncoding.Strict().DecodeString(encrypted)
	if err != nil {
		return nil, err
	}
	if len(plain) == 0 || len(plain)%block != 0 {
		return nil, errors.New("peer: the ciphertext is not made of whole blocks")
	}
	cipher.NewCBCDecrypter(cbc, iv).CryptBlocks(plain, plain)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > block || !bytes.HasSuffix(plain, bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, errors.New("peer: the padding is wrong")
	}
	plain = plain[:len(plain)-pad]
	if len(plain) < 20 {
		return nil, errors.New("peer: the plaintext is too short")
	}
	n := int64(binary.BigEndian.Uint32(plain[16:]))
	plain = plain[20:]
	if n > int64(len(plain)) || string(plain[n:]) != appID {
		return nil, errors.New("peer: length or AppID is wrong")
	}
	return plain[:n], nil
}

func newCipher(aesKey string) (c cipher.Block, iv []byte, err error) {
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil || len(key) != 32 {
		return nil, nil, errors.New("peer: the AES key is not of 43 characters")
	}
	c, err = aes.NewCipher(key)
	return c, key[:16], err
}
