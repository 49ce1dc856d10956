// Command main judges our notes and proofs with the transparency log library of the Go project.
//
// It reads one JSON case per line from standard input and answers each with one line of JSON:
// what golang.org/x/mod/sumdb/note and .../tlog say about it. Driven by tests/integrity/test_go.py.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// question is one case; which fields are set depends on Ask.
type question struct {
	Ask    string   `json:"ask"`    // "open", "sign", "tree", "record" or "consistency"
	Vkey   string   `json:"vkey"`   // open
	Skey   string   `json:"skey"`   // sign
	Text   string   `json:"text"`   // open: the note; sign: its text
	Leaves []string `json:"leaves"` // tree: hex of each leaf's bytes
	Index  int64    `json:"index"`
	Old    int64    `json:"old"`
	Size   int64    `json:"size"`
	Leaf   string   `json:"leaf"` // hex hashes from here on
	Root   string   `json:"root"`
	Was    string   `json:"was"`
	Proof  []string `json:"proof"`
}

// answer says whether Go accepts, and what Go itself would have written.
type answer struct {
	Ok          bool       `json:"ok"`
	Why         string     `json:"why"`
	Text        string     `json:"text"`
	Unverified  int        `json:"unverified"`
	Roots       []string   `json:"roots"`       // tree: by size, from 1
	Inclusion   [][]string `json:"inclusion"`   // tree: by index, for the whole tree
	Consistency [][]string `json:"consistency"` // tree: by old size from 1, to the whole tree
}

// storage is every hash in the order in which tlog stores them.
type storage []tlog.Hash

func (s storage) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = s[index]
	}
	return hashes, nil
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 64<<20)
	output := json.NewEncoder(os.Stdout)
	for input.Scan() {
		var q question
		must(json.Unmarshal(input.Bytes(), &q))
		must(output.Encode(judge(q)))
	}
	must(input.Err())
}

func judge(q question) answer {
	switch q.Ask {
	case "open":
		return open(q)
	case "sign":
		return sign(q)
	case "tree":
		return tree(q)
	case "record":
		return verdict(tlog.CheckRecord(hashes(q.Proof), q.Size, hash(q.Root), q.Index, hash(q.Leaf)))
	case "consistency":
		return verdict(tlog.CheckTree(hashes(q.Proof), q.Size, hash(q.Root), q.Old, hash(q.Was)))
	}
	log.Fatalf("unknown question %q", q.Ask)
	return answer{}
}

func open(q question) answer {
	verifier, err := note.NewVerifier(q.Vkey)
	if err != nil {
		return verdict(err)
	}
	opened, err := note.Open([]byte(q.Text), note.VerifierList(verifier))
	if err != nil {
		return verdict(err)
	}
	return answer{Ok: true, Text: opened.Text, Unverified: len(opened.UnverifiedSigs)}
}

func sign(q question) answer {
	signer, err := note.NewSigner(q.Skey)
	must(err)
	signed, err := note.Sign(&note.Note{Text: q.Text}, signer)
	if err != nil {
		return verdict(err)
	}
	return answer{Ok: true, Text: string(signed)}
}

func tree(q question) answer {
	var stored storage
	made := answer{Ok: true}
	for i, leaf := range q.Leaves {
		data, err := hex.DecodeString(leaf)
		must(err)
		more, err := tlog.StoredHashes(int64(i), data, stored)
		must(err)
		stored = append(stored, more...)
		root, err := tlog.TreeHash(int64(i+1), stored)
		must(err)
		made.Roots = append(made.Roots, hex.EncodeToString(root[:]))
	}
	size := int64(len(q.Leaves))
	for i := int64(0); i < size; i++ {
		inclusion, err := tlog.ProveRecord(size, i, stored)
		must(err)
		made.Inclusion = append(made.Inclusion, texts(inclusion))
		consistency, err := tlog.ProveTree(size, i+1, stored)
		must(err)
		made.Consistency = append(made.Consistency, texts(consistency))
	}
	return made
}

func verdict(err error) answer {
	if err != nil {
		return answer{Why: err.Error()}
	}
	return answer{Ok: true}
}

func hash(text string) (h tlog.Hash) {
	data, err := hex.DecodeString(text)
	must(err)
	if copy(h[:], data) != len(h) {
		must(fmt.Errorf("a hash of %d bytes", len(data)))
	}
	return h
}

func hashes(all []string) []tlog.Hash {
	list := make([]tlog.Hash, len(all))
	for i, text := range all {
		list[i] = hash(text)
	}
	return list
}

func texts[H ~[32]byte](all []H) []string {
	list := []string{}
	for _, one := range all {
		list = append(list, hex.EncodeToString(one[:]))
	}
	return list
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
