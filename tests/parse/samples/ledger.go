//go:build !tiny

// Package ledger keeps accounts in memory.
package ledger

import (
	"errors"
	"fmt"
	"sync"
)

//go:generate stringer -type=Side

// Side says where an entry is booked.
type Side int

const (
	// Debit takes.
	Debit Side = iota
	// Credit gives.
	Credit
)

// ErrUnknown is returned for accounts that were never opened.
var ErrUnknown = errors.New("unknown account")

type (
	// Amount is what can be added up.
	Amount interface {
		~int64 | ~float64
	}

	// Entry is one line of the book.
	Entry[A Amount] struct {
		Account string `json:"account"`
		Value   A      `json:"value,omitempty"`
		next    *Entry[A]
	}

	// Key names an account.
	Key = string
)

// Book holds entries, and is safe for use by several goroutines.
type Book[K comparable, A Amount] struct {
	sync.Mutex
	fmt.Stringer
	entries map[K][]Entry[A]
}

// Auditor looks at every entry.
type Auditor interface {
	fmt.Stringer
	// Look reports what is wrong.
	Look(account Key) error
}

// Visit is called for an account.
type Visit func(account Key) (more bool)

var (
	opened int

	// now can be replaced in tests.
	now = func() int64 {
		return 0
	}

	noop = func(account Key) bool { return true }
)

var round = func(value float64) int64 {
	return int64(value + 0.5)
}

var names = map[Side]string{
	Debit:  "debit",
	Credit: "credit",
}

func init() {
	opened = 0
}

// New opens an empty book.
//
//go:noinline
func New[K comparable, A Amount]() *Book[K, A] {
	return &Book[K, A]{entries: map[K][]Entry[A]{}}
}

// Post writes an entry.
func (b *Book[K, A]) Post(
	account K,
	value A,
) (total A, err error) {
	b.Lock()
	defer func() {
		b.Unlock()
	}()
	add := func(entry Entry[A]) {
		total += entry.Value
	}
	for _, entry := range b.entries[account] {
		add(entry)
	}
	return total, nil
}

func (Side) private() {}

/*
String is for messages.
*/
func (s Side) String() string { return names[s] }

// Sum adds up.
func Sum[A Amount](values ...A) (sum A) {
	type step struct {
		before, after A
	}
	for _, value := range values {
		sum += value
	}
	return
}

func checksum(data []byte) uint32
