"""What programs write is read for what it says and for the places that it names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesearch.search.question import read_question
from codesearch.search.trace import Trace, read_trace

PYTHON = """Traceback (most recent call last):
  File "/home/ci/run.py", line 7, in <module>
    main()
  File "/ci/venv/lib/python3.11/site-packages/shop/cart.py", line 340, in add
    raise ValueError("x")
ValueError: no such "table" foo

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/home/ci/my jobs/b.py", line 9, in wrap
    main()
    ~~~~^^
click.exceptions.Abort
"""
PYTEST = """____________________________ test_insert ____________________________

    def test_insert(db):
>       db.insert({"a": 1}, pk="nope")

tests/test_create.py:12:
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _
shop/db.py:340: in insert
    return self.insert_all(
E   ValueError: bad pk

shop/db.py:400: ValueError
====================== short test summary info ======================
FAILED tests/test_create.py::TestIt::test_insert[a.b:1] - ValueError: bad pk
"""
NODE = """TypeError: Cannot read properties of undefined (reading 'name')
    at Foo.bar [as baz] (/srv/my app/[slug]/a (b)/x.js:3:9)
    at async Object.<anonymous> (/srv/b.js:7:1)
    at new Cart (file:///srv/x%20y/c.mjs:8:1)
    at Module._compile (node:internal/modules/cjs/loader:1105:14)
    at C:\\srv\\d.js:9:2
"""
JAVA = """Exception in thread "main" java.lang.IllegalStateException: Cart is closed
\tat com.shop.Cart.add(Cart.java:42)
\tat com.shop.Cart$Line.<init>(Cart.java:50)
Caused by: java.io.IOException: disk full
\tat com.shop.Disk.lambda$write$0(Disk.java:9)
\tat com.shop.Disk.flush(Disk.java:8)
\tat com.shop.Disk.close(Disk.java:7)
\t... 3 more
"""
GO = """panic: runtime error: index out of range [3] with length 2

goroutine 1 [running]:
github.com/foo/server.(*Pool).Acquire(0xc000012, {0x1, 0x2})
\t/home/u/server/pool.go:12 +0x1d
main.main.func1()
\t/home/u/main.go:7 +0x20

goroutine 7 [select]:
main.loop()
\t/home/u/loop.go:3 +0x20
exit status 2
"""
RUST = """thread 'main' panicked at src/pool.rs:12:5:
index out of bounds: the len is 3 but the index is 7
stack backtrace:
   3: app::pool::Pool::acquire::h0123456789abcdef
             at ./src/pool.rs:13:5
   4: app::main
             at ./src/main.rs:3:9
"""
RUSTC = """error[E0308]: mismatched types
 --> src/main.rs:3:5
  |
note: function defined here
  --> src/lib.rs:9:4
"""
RUBY = """app/cart.rb:10:in `total': undefined method 'price' for nil (NoMethodError)
\tfrom app/cart.rb:20:in `block in checkout'
\tfrom app/main.rb:3:in 'Shop#run'
"""
CSHARP = """Unhandled exception. System.InvalidOperationException: Sequence contains no elements
   at Shop.Cart.Total(Int32 n) in /src/Shop/My Cart.cs:line 42
   at Shop.Program.<Main>$(String[] args) in C:\\src\\Program.cs:line 7
"""
GCC = """In file included from src/a.c:1:
src/b.h:3:5: warning: unused variable 'x' [-Wunused-variable]
src/a.c: In function 'main':
\x1b[1msrc/a.c:12:3:\x1b[m \x1b[31merror: \x1b[mimplicit declaration of function 'foo'
   12 |   foo();
make: *** [Makefile:5: all] Error 1
"""
TSC = """src/cart.ts(12,5): error TS2322: Type 'string' is not assignable to type 'number'.
src/mail.ts:3:9 - error TS2304: Cannot find name 'foo'.
"""
PHP = """PHP Fatal error:  Uncaught TypeError: foo(): Argument #1 must be int in /var/www/src/Cart.php:12
Stack trace:
#0 /var/www/src/Shop.php(33): Cart->add()
#1 {main}
  thrown in /var/www/src/Cart.php on line 12
"""
ASAN = """==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x602
    #0 0x4f in ring::push(int) /b/src/ring.cpp:12:5
    #1 0x5f in main src/main.cpp:3:1
"""
GDB = """Program received signal SIGSEGV, Segmentation fault.
#0  ring_push (r=0x0, x=1) at ring.c:12
#1  0x0000555 in main () at main.c:3
"""
ELIXIR = """** (RuntimeError) queue is full
    (shop 0.1.0) lib/shop/queue.ex:12: Shop.Queue.push/2
    (shop 0.1.0) lib/shop.ex:9: Shop.run/1
"""
PERL = 'Can\'t locate object method "add" via package "Cart" at lib/Cart.pm line 12.\n'
OCAML = 'File "lib/cart.ml", line 12, characters 4-9:\nError: Unbound value add\n'
FLAKE8 = "x/y.py:3:1: F401 'os' imported but unused\nx/y.py:9:80: E501 line too long\n"


@pytest.mark.parametrize(
    ("text", "places", "message"),
    [
        (
            PYTHON,
            ["/home/ci/my jobs/b.py:9 wrap", "/ci/venv/lib/python3.11/site-packages/shop/cart.py:340 add"],
            "click.exceptions.Abort; ValueError: no such table foo",
        ),
        (
            PYTEST,
            ["shop/db.py:400", "shop/db.py:340 insert", "tests/test_create.py:12"],
            "ValueError: bad pk",
        ),
        (
            NODE,
            ["/srv/my app/[slug]/a (b)/x.js:3 bar", "/srv/b.js:7", "/srv/x y/c.mjs:8 Cart", "C:/srv/d.js:9"],
            "TypeError: Cannot read properties of undefined",
        ),
        (
            JAVA,
            ["com/shop/Disk.java:9 write", "com/shop/Disk.java:8 flush"],
            "java.io.IOException: disk full",
        ),
        (
            GO,
            ["/home/u/server/pool.go:12 Acquire", "/home/u/main.go:7 main", "/home/u/loop.go:3 loop"],
            "runtime error: index out of range",
        ),
        (
            RUST,
            ["src/pool.rs:13 acquire", "src/main.rs:3 main", "src/pool.rs:12"],
            "index out of bounds: the len is 3",
        ),
        (RUSTC, ["src/main.rs:3", "src/lib.rs:9"], "mismatched types"),
        (
            RUBY,
            ["app/cart.rb:10 total", "app/cart.rb:20 checkout", "app/main.rb:3 run"],
            "undefined method 'price'",
        ),
        (
            CSHARP,
            ["/src/Shop/My Cart.cs:42 Total", "C:/src/Program.cs:7"],
            "System.InvalidOperationException: Sequence contains no elements",
        ),
        (GCC, ["src/a.c:12", "src/b.h:3", "src/a.c:1"], "implicit declaration of function 'foo'"),
        (TSC, ["src/cart.ts:12", "src/mail.ts:3"], "Type 'string' is not assignable"),
        (PHP, ["/var/www/src/Cart.php:12", "/var/www/src/Shop.php:33"], "TypeError: foo(): Argument #1"),
        (ASAN, ["/b/src/ring.cpp:12 push", "src/main.cpp:3 main"], "AddressSanitizer: heap-use-after-free"),
        (GDB, ["ring.c:12 ring_push", "main.c:3 main"], "Program received signal SIGSEGV"),
        (ELIXIR, ["lib/shop/queue.ex:12 push", "lib/shop.ex:9 run"], "RuntimeError queue is full"),
        (PERL, ["lib/Cart.pm:12"], ""),
        (OCAML, ["lib/cart.ml:12"], "Error: Unbound value add"),
        (FLAKE8, ["x/y.py:3", "x/y.py:9"], "F401 'os' imported but unused"),
    ],
    ids=[
        *("python", "pytest", "node", "java", "go", "rust", "rustc", "ruby", "csharp", "gcc", "tsc", "php"),
        *("asan", "gdb", "elixir", "perl", "ocaml", "flake8"),
    ],
)
def test_places_come_the_most_telling_first_and_the_message_is_what_went_wrong(
    text: str, places: list[str], message: str
) -> None:
    trace = read_trace(text)
    assert spelled(trace)[: len(places)] == places
    assert trace.message.startswith(message)


def spelled(trace: Trace) -> list[str]:
    """`path:line name` of each place."""
    return [
        f"{each.path}:{each.lines.start if each.lines else ''} {each.name}".rstrip() for each in trace.frames
    ]


@pytest.mark.parametrize(
    "prefix",
    [
        "2026-11-23T05:45:23.1234567Z ",
        "[2026-11-23 05:45:23,123] ",
        "web_1  | ",
        "web-1 | 2026-11-23 05:45:23+01:00 ",
        "Nov  3 05:45:23 host shop[123]: ",
    ],
)
@pytest.mark.parametrize("text", [PYTHON, JAVA, GO, RUST, NODE])
def test_what_a_log_puts_before_its_lines_changes_nothing(prefix: str, text: str) -> None:
    logged = "".join(f"{prefix}{line}\n" for line in text.splitlines())
    assert read_trace(logged) == read_trace(text)


def test_a_failed_test_that_is_only_summed_up_is_a_place_by_its_name() -> None:
    trace = read_trace("FAILED tests/test_create.py::TestIt::test_insert[a.b:1] - KeyError: 'x'\n")
    assert spelled(trace) == ["tests/test_create.py: test_insert"]
    assert trace.message == "KeyError: 'x'"


DIFF = """commit 0123456789abcdef0123456789abcdef01234567
Author: A <a@example.org>

    Count the value added tax

diff --git a/shop/cart.py b/shop/cart.py
index 1..2 100644
--- a/shop/cart.py
+++ b/shop/cart.py
@@ -10,3 +10,4 @@ class Cart:
 a
-b
+import decimal
+total *= 1.19
 c
@@ -30,2 +32,1 @@
 x
-y
diff --git "a/caf\\303\\251.py" "b/caf\\303\\251.py"
--- "a/caf\\303\\251.py"
+++ "b/caf\\303\\251.py"
@@ -0,0 +1,2 @@
+--- no header
++++ no header
\\ No newline at end of file
diff --git a/gone.py b/gone.py
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-x
"""


def test_a_diff_is_its_changed_lines_and_what_is_said_of_them() -> None:
    trace = read_trace(DIFF)
    assert [(each.path, each.lines and (each.lines.start, each.lines.end)) for each in trace.frames] == [
        ("shop/cart.py", (11, 12)),
        ("shop/cart.py", (32, 32)),
        ("café.py", (1, 2)),
    ]
    assert trace.message.startswith("Count the value added tax; class Cart:; total *= 1.19")


def test_a_message_is_short_and_without_what_belongs_to_one_run() -> None:
    text = "ERROR at 0xdeadbeef12: no file /home/ci/build/x.db of job 123456789\n" * 3 + "a\n" * 1000
    assert read_trace(text).message == "at : no file of job"
    long = "".join(f"error: number {'x' * number} is wrong\n" for number in range(90))
    assert len(read_trace(long).message) <= 400


def test_what_is_quoted_in_an_error_need_not_occur_and_what_is_asked_need() -> None:
    assert read_question('Error: no such column "foo"\n  in line 3\n').literals == ()
    assert read_question('who raises "no such table"\nor the like').literals == ("no such table",)
    assert read_question('who raises "no such table"').literals == ("no such table",)


def test_places_alone_are_looked_for_by_their_names() -> None:
    question = read_question("    at add (/srv/cart.js:3:9)\n    at /srv/shop.js:4:1\n")
    assert question.text == "add shop"
    assert len(question.frames) == 2


def test_lines_of_words_are_one_question() -> None:
    question = read_question("how is a file\nopened\n")
    assert (question.asked, question.frames) == ("how is a file opened", ())


@pytest.mark.parametrize(
    "text", ["see example.com:8080", "at 12.30:45", "ratio 1.5:2", "v1.2:3", "a::b.c", ""]
)
def test_what_only_looks_like_a_place_is_found_nowhere(text: str) -> None:
    assert read_trace(text).frames == ()


PIECES = st.sampled_from(
    [
        *"\n\t :\"'`()<>[]#@/\\.,",
        "at ",
        "in ",
        "line ",
        "File ",
        "+++ ",
        "--- ",
        "@@ -1,2 +3,4 @@",
        "x.py",
        "E  ",
        *("Traceback (most recent call last):", "Error", "panicked at ", "goroutine 1", "Caused by: ", "1"),
    ]
)


@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join)))
def test_any_text_can_be_read(text: str) -> None:
    trace = read_trace(text)
    assert len(trace.frames) <= 50
    assert "\n" not in trace.message
    assert all(frame.lines is None or 0 < frame.lines.start <= frame.lines.end for frame in trace.frames)
    assert len(read_question(text).words) <= 48
