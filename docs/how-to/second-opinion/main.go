// Command second-opinion checks an unpacked bundle without a line of evidence-tracker.
//
//	second-opinion FOLDER VKEY
//
// It uses Go's own library for signed notes and Merkle trees (golang.org/x/mod/sumdb). It checks the
// signatures, the digest of every file, each event and the seal against the signed state of the log.
// It does not follow chains of custody or older epochs, and does not look at the ZIP file: see
// docs/spec/bundle.md for what is left to do.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// disclosure is what stands, as canonical JSON, in the extra line of a proof. Each opened field is
// kept as the bytes it was sent in, because those bytes are what its digest is made of.
type disclosure struct {
	Digests []string          `json:"digests"`
	Opened  []json.RawMessage `json:"opened"`
	Hour    string            `json:"t"`
	Version int               `json:"v"`
}

var faults int

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: second-opinion FOLDER VKEY")
		os.Exit(2)
	}
	folder := os.Args[1]
	verifier, err := note.NewVerifier(os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, "the key is none:", err)
		os.Exit(2)
	}
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		check(name, err)
		return data
	}
	checkpoint, err := note.Open(read("proof/checkpoint"), note.VerifierList(verifier))
	stop("the state of the log is not signed by this key", err)
	list, err := note.Open(read("tagmanifest.note"), note.VerifierList(verifier))
	stop("the list of files is not signed by this key", err)
	if list.Text != string(read("tagmanifest-sha256.txt")) {
		check("tagmanifest.note", fmt.Errorf("is not tagmanifest-sha256.txt"))
	}
	files := checkList(folder, list.Text) + checkList(folder, string(read("manifest-sha256.txt")))
	fmt.Printf("%d files compared with the signed lists\n", files)

	events := bytes.Count(read("data/custody.jsonl"), []byte("\n"))
	for n := 1; n <= events; n++ {
		name := fmt.Sprintf("proof/events/%d.tlog-proof", n)
		_, err := prove(read(name), checkpoint.Text)
		check(name, err)
	}
	fmt.Printf("%d events looked for in the log\n", events)

	sealed, err := prove(read("proof/seal.tlog-proof"), checkpoint.Text)
	check("proof/seal.tlog-proof", err)
	digest := sha256.Sum256(read("manifest-sha256.txt"))
	if sealed["act"] != `"bundle_sealed"` || sealed["manifest_sha256"] != strconv.Quote(hex.EncodeToString(digest[:])) {
		check("proof/seal.tlog-proof", fmt.Errorf("is the sealing of something else"))
	}
	if faults > 0 {
		fmt.Printf("%d faults\n", faults)
		os.Exit(1)
	}
	fmt.Println("no fault found, signed by the key given")
}

// checkList compares every file that a manifest lists with its SHA-256.
func checkList(folder, manifest string) (count int) {
	for _, line := range strings.Split(strings.TrimSuffix(manifest, "\n"), "\n") {
		digest, name, _ := strings.Cut(line, "  ")
		file, err := os.Open(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil {
			check(name, err)
			continue
		}
		hash := sha256.New()
		_, err = io.Copy(hash, file)
		check(name, err)
		file.Close()
		if hex.EncodeToString(hash.Sum(nil)) != digest {
			check(name, fmt.Errorf("its digest is not the one listed"))
		}
		count++
	}
	return count
}

// prove returns the opened fields (name → JSON) of an event after finding it in the tree of checkpoint.
func prove(proof []byte, checkpoint string) (map[string]string, error) {
	head, text, found := strings.Cut(string(proof), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || !strings.HasPrefix(text, checkpoint) || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return nil, fmt.Errorf("is no proof against the signed state of the log")
	}
	extra, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return nil, err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return nil, err
	}
	path := make(tlog.RecordProof, len(lines)-3)
	for i, line := range lines[3:] {
		if path[i], err = tlog.ParseHash(line); err != nil {
			return nil, err
		}
	}
	state := strings.Split(checkpoint, "\n") // origin, size, root
	size, err := strconv.ParseInt(state[1], 10, 64)
	if err != nil {
		return nil, err
	}
	root, err := tlog.ParseHash(state[2])
	if err != nil {
		return nil, err
	}
	leaf, opened, err := rebuild(extra)
	if err != nil {
		return nil, err
	}
	return opened, tlog.CheckRecord(path, size, root, index, tlog.RecordHash(leaf))
}

// rebuild returns the leaf that a disclosure stands for, and its opened fields.
func rebuild(extra []byte) ([]byte, map[string]string, error) {
	var d disclosure
	if err := json.Unmarshal(extra, &d); err != nil {
		return nil, nil, err
	}
	if d.Version != 1 || !sort.StringsAreSorted(d.Digests) {
		return nil, nil, fmt.Errorf("is no disclosure of version 1")
	}
	commitment := sha256.New()
	commitment.Write([]byte("evidence-tracker/commitment/v1\n"))
	known := map[string]bool{}
	for _, digest := range d.Digests {
		raw, err := hex.DecodeString(digest)
		if err != nil || known[digest] {
			return nil, nil, fmt.Errorf("has a digest that is none, or twice")
		}
		known[digest] = true
		commitment.Write(raw)
	}
	opened := map[string]string{}
	for _, field := range d.Opened {
		digest := sha256.Sum256(field)
		var parts []json.RawMessage
		var name string
		if json.Unmarshal(field, &parts) != nil || len(parts) != 3 || json.Unmarshal(parts[1], &name) != nil {
			return nil, nil, fmt.Errorf("opens a field that is none")
		}
		if !known[hex.EncodeToString(digest[:])] {
			return nil, nil, fmt.Errorf("opens a field that was not logged: %q", name)
		}
		opened[name] = string(parts[2])
	}
	leaf := fmt.Sprintf(`{"c":"%x","t":"%s","v":1}`, commitment.Sum(nil), d.Hour)
	return []byte(leaf), opened, nil
}

func check(where string, err error) {
	if err != nil {
		faults++
		fmt.Printf("FAULT %s: %v\n", where, err)
	}
}

func stop(what string, err error) {
	if err != nil {
		fmt.Printf("FAULT %s: %v\n", what, err)
		os.Exit(1)
	}
}
