package store

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// tlsChild is set in the process that trusts the certificate of this test.
const tlsChild = "DANGSHI_TEST_TLS_CHILD"

// rediss:// speaks TLS with a server that the system trusts, and with no other.
// The system's trust is read once in a process, hence a process for this test.
func TestTLS(t *testing.T) {
	if dir := os.Getenv(tlsChild); dir != "" {
		cert, err := tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
		if err != nil {
			t.Fatal(err)
		}
		s := openTest(t, "rediss://"+serveTLS(t, cert))
		get[quiz.Loaded](t)(s.Commit(t.Context(), "tls", change(quiz.Record{}, 1, 1)))
		return
	}
	dir := t.TempDir()
	cert := selfSigned(t, dir)
	for name, url := range map[string]string{
		"not trusted": "rediss://" + serveTLS(t, cert),
		"not TLS":     "rediss://" + storetest.Miniredis(t).Addr(),
	} {
		if _, err := Open(t.Context(), Options{URL: url, Sandbox: true}); !errors.Is(err, quiz.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	child := exec.Command(os.Args[0], "-test.run=^TestTLS$")
	child.Env = append(os.Environ(), tlsChild+"="+dir, "SSL_CERT_FILE="+filepath.Join(dir, "cert.pem"))
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("with a trusted certificate: %v\n%s", err, out)
	}
}

func serveTLS(t *testing.T, cert tls.Certificate) (addr string) {
	t.Helper()
	m := miniredis.NewMiniRedis()
	if err := m.StartTLS(&tls.Config{Certificates: []tls.Certificate{cert}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m.Addr()
}

func selfSigned(t *testing.T, dir string) tls.Certificate {
	t.Helper()
	key := get[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der := get[[]byte](t)(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
	secret := get[[]byte](t)(x509.MarshalECPrivateKey(key))
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "EC PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return get[tls.Certificate](t)(tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")))
}
