import { expect, it } from 'vitest'
import { machineAt } from './pod-machine.ts'
import { NO_SETTING } from './setting.ts'
import { logOf, started } from './testing.ts'

/** Scripts and what a Debian's shells and tools print of them. */
const RECORDED: readonly (readonly [script: string, printed: string])[] = [
  ["printf '%s-%5d|%-5s|%05.2f %x %o %c %%\\n' a 42 bc 3.14159 255 8 xyz", "a-   42|bc   |03.14 ff 10 x %\n"],
  ["seq 3; seq 2 2 8; seq -w 8 11; seq -s, 5; seq 5 -2 1; seq 0.5 0.5 2", "1\n2\n3\n2\n4\n6\n8\n08\n09\n10\n11\n1,2,3,4,5\n5\n3\n1\n0.5\n1.0\n1.5\n2.0\n"],
  ["echo \"b a c\" | tr ' ' '\\n' | sort | xargs; echo a b c d | xargs -n 2; echo a b c | xargs -n1 echo x; printf 'a\\nb\\n' | xargs -I{} echo \"<{}>\"", "a b c\na b\nc d\nx a\nx b\nx c\n<a>\n<b>\n"],
  ["printf 'a b\\0c\\0' | xargs -0 -n1 echo; echo \"'a b' c\" | xargs -n1 echo; echo | xargs echo hi; echo | xargs -r echo hi", "a b\nc\na b\nc\nhi\n"],
  ["echo hello | cut -c2-4; echo a:b:c | cut -d: -f1,3; echo a:b:c | cut -d: -f2-; printf 'a\\tb\\n' | cut -f2; echo abc | cut -d: -f2; echo abc | cut -s -d: -f2", "ell\na:c\nb:c\nb\nabc\n"],
  ["echo hello | tr a-z A-Z; echo hello | tr -d l; echo aabbcc | tr -s b; echo hello | tr -c a-z .; echo 'a1b2' | tr '[:digit:]' X; echo abc | tr 'a-c' '12'", "HELLO\nheo\naabcc\nhello.aXbX\n122\n"],
  ["printf '3\\n10\\n2\\n' | sort; printf '3\\n10\\n2\\n' | sort -n; printf '3\\n10\\n2\\n' | sort -rn; printf 'b 2\\na 10\\nc 1\\n' | sort -k2 -n; printf 'b,2\\na,10\\n' | sort -t, -k2n; printf 'a\\nb\\na\\n' | sort -u; printf 'x 1\\nx 2\\ny 1\\n' | sort -u -k1,1", "10\n2\n3\n2\n3\n10\n10\n3\n2\nc 1\nb 2\na 10\nb,2\na,10\na\nb\nx 1\ny 1\n"],
  ["printf '1K\\n3M\\n2G\\n' | sort -h; printf 'B\\na\\nC\\n' | sort -f; printf 'v1.10\\nv1.9\\n' | sort -V", "1K\n3M\n2G\na\nB\nC\nv1.9\nv1.10\n"],
  ["printf 'a\\na\\nb\\n' | uniq -c; printf 'a\\na\\nb\\n' | uniq -d; printf 'a\\na\\nb\\n' | uniq -u; printf 'A\\na\\n' | uniq -i", "      2 a\n      1 b\na\nb\nA\n"],
  ["echo 'a b c' | awk '{print $2, NF; x+=length($0)} END{print x, NR}'; awk 'BEGIN{printf \"%5.2f|%s\\n\", 3.14159, \"x\"; for(i=0;i<3;i++) print i; a[\"k\"]=1; for (k in a) print k, a[k]}'", "b 3\n5 1\n 3.14|x\n0\n1\n2\nk 1\n"],
  ["printf 'a:1\\nb:2\\n' | awk -F: '$2>1{print $1}'; echo abc | awk '{sub(/b/,\"X\"); print; print toupper($0); print substr($0,2,1); print index($0,\"c\")}'; awk -v x=3 'BEGIN{print x*2; print split(\"a,b\",p,\",\"); print p[2]; exit 3}'; echo $?", "b\naXc\nAXC\nX\n3\n6\n2\nb\n3\n"],
  ["echo hello world | sed 's/o/0/g'; echo hello | sed -n 's/l/L/2p'; printf 'a\\nb\\nc\\n' | sed -n 2p; printf 'a\\nb\\nc\\n' | sed 2d; printf 'a\\nb\\nc\\n' | sed '/b/,$d'; echo abc | sed -E 's/(a)(b)/\\2\\1/'; echo abc | sed 's/b/[&]/'; printf 'a\\nb\\n' | sed '$!N;s/\\n/-/'", "hell0 w0rld\nhelLo\nb\na\nc\na\nbac\na[b]c\na-b\n"],
  ["printf 'a\\nb\\n' | sed '1i\\top'; printf 'a\\nb\\n' | sed '/a/a\\below'; printf 'a\\nb\\n' | sed '2c\\changed'; echo abc | sed 'y/abc/xyz/'; printf 'a\\nb\\nc\\n' | sed -e '1!G;h;$!d'; printf 'x=1\\n' > f; sed -i 's/1/2/' f; cat f; sed -i.bak 's/2/3/' f; cat f f.bak; sed = f; sed q f", "top\na\nb\na\nbelow\nb\na\nchanged\nxyz\nc\nb\na\nx=2\nx=3\nx=2\n1\nx=3\nx=3\n"],
  ["printf 'foo\\nbar\\nFoo\\n' > f; grep foo f; grep -i foo f; grep -v foo f; grep -c o f; grep -n o f; grep -o 'o*' f; grep -E 'f|b' f; grep -q zzz f; echo $?; grep x nofile; echo $?; grep -w fo f; echo $?; grep -l foo f; grep -A1 foo f; grep -x foo f; grep -e foo -e bar f; grep -F '.' f; echo $?; grep -m1 -i foo f; grep -rn bar .; grep -H foo f; grep -L foo f", "foo\nfoo\nFoo\nbar\nFoo\n2\n1:foo\n3:Foo\noo\noo\nfoo\nbar\n1\ngrep: nofile: No such file or directory\n2\n1\nf\nfoo\nbar\nfoo\nfoo\nbar\n1\nfoo\n./f:2:bar\nf:foo\n"],
  ["f() { local a=1; echo $1 $# $a; return 3; }; f x y; echo $?; g() { echo \"$@\"; shift; echo \"$*\"; set -- q; echo $1; }; g 1 2 3; echo $1", "x 2 1\n3\n1 2 3\n2 3\nq\n\n"],
  ["set -e; false || echo ok; if false; then :; fi; ! true; echo here; false; echo not", "ok\nhere\n"],
  ["trap 'echo bye' EXIT; trap 'echo term' TERM; kill -TERM $$; echo x; exit 4", "term\nx\nbye\n"],
  ["cat <<EOF1\na $((1+1)) $(echo b) \\$x `echo c`\nEOF1\ncat <<'EOF1'\na $((1+1))\nEOF1\ncat <<-EOF1\n\ttab\n\tEOF1", "a 2 b $x c\na $((1+1))\ntab\n"],
  ["for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done; i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && break; done; echo $i; until [ $i = 0 ]; do i=$((i-1)); done; echo $i; case abc in a*) echo A;; *) echo B;; esac; for x; do echo $x; done", "1\n3\n2\n0\nA\n"],
  ["case a in b|a) echo m;; esac; case \"x y\" in \"x y\") echo q;; esac; case 5 in [0-9]) echo d;; esac; case - in [!a]) echo n;; esac; case a.txt in *.txt) echo t ;; esac", "m\nq\nd\nn\nt\n"],
  ["x=hello; echo ${#x} ${x%l*} ${x%%l*} ${x#*l} ${x##*l} ${x:-a} ${y:=b} $y ${x:+c} ${z-d}; echo \"${x}world\" '$x' \"\\$x\" \"a'b\" 'a\"b'", "5 hel he lo o hello b b c d\nhelloworld $x $x a'b a\"b\n"],
  ["echo a > f; echo b >> f; cat < f; cat f 2>/dev/null nofile; echo $?; { echo 1; echo 2 >&2; } 2>&1 | cat; exec 3>g; echo hi >&3; exec 3>&-; cat g; echo x | tee t1 | cat; cat t1; : > f; wc -c f; echo q >| f; cat f", "a\nb\na\nb\n1\n1\n2\nhi\nx\nx\n0 f\nq\n"],
  ["mkdir d; touch d/a d/b; find d -type f -exec echo {} + | tr ' ' '\\n' | sort; find d -name a -o -name b | sort; find d -name 'a' -print0 | tr '\\0' '|'; find . -path './d/*' | sort; find d -empty | sort; find d -mindepth 1 -type f -print | sort; find d -iname A; find d -regex '.*a'; find d -newer d/a -name zz; find d -perm 644 -type f | sort", "d/a\nd/b\nd/a\nd/b\nd/a|./d/a\n./d/b\nd/a\nd/b\nd/a\nd/b\nd/a\nd/a\nd/a\nd/b\n"],
  ["f() { return 2; }; f; echo $?; (exit 5); echo $?; sh -c 'exit 7'; echo $?; true | false; echo $?; ! false; echo $?; { exit 3; }; echo no", "2\n5\n7\n1\n0\n"],
  ["x=\"a  b\"; echo $x \"$x\"; set -- \"1 2\" 3; echo $# \"$1\"; for i in \"$@\"; do echo \"<$i>\"; done; for i in $*; do echo \"<$i>\"; done; IFS=,; y=a,b; for i in $y; do echo $i; done; unset x; echo \"${x-unset}\"; x=; echo \"${x:-null}\"", "a b a  b\n2 1 2\n<1 2>\n<3>\n<1>\n<2>\n<3>\na\nb\nunset\nnull\n"],
  ["ls -d /et[c]; echo *.nothing; touch a1 a2 b1; echo a*; echo [ab]1; echo ?1; echo 'a*'; case a1 in a?) echo y;; esac; rm a*; ls", "/etc\n*.nothing\na1 a2\na1 b1\na1 b1\na*\ny\nb1\n"],
  ["date -u -d @0 +%Y-%m-%dT%H:%M:%S; date -u -d @1700000000 '+%a %b %d %j %s %y %I %p %e %F %T %D %R %u %w %Z %%'; date -u -d '2024-02-29 12:00' +%s; date -u -d '@86400' +%A", "1970-01-01T00:00:00\nTue Nov 14 318 1700000000 23 10 PM 14 2023-11-14 22:13:20 11/14/23 22:13 2 2 UTC %\n1709208000\nFriday\n"],
  ["umask; umask 077; touch p; stat -c %a p; umask 022; mkdir q; stat -c %a q; umask -S", "0022\n600\n755\nu=rwx,g=rx,o=rx\n"],
  ["sleep 0.1 & p=$!; wait $p; echo $?; sh -c 'exit 3' & wait $!; echo $?; wait 999; echo $?; (sleep 0.2; echo bg) & echo fg; wait; echo done; { sleep 0.1; echo g; } & wait", "0\n3\n127\nfg\nbg\ndone\ng\n"],
  ["i=0; while :; do i=$((i+1)); case $i in 3) continue;; 6) break;; esac; echo $i; done | tail -1; for i in a b; do for j in 1 2; do [ $j = 2 ] && continue 2; echo $i$j; done; done; while true; do while true; do break 2; done; done; echo out; f() { for i in 1 2; do return 4; done; }; f; echo $?", "5\na1\nb1\nout\n4\n"],
  ["x=hello; echo ${x:1:3} ${x:2} ${x: -2} ${x/l/L} ${x//l/L} ${x/#h/H} ${x/%o/O} ${x^^} ${x^} ; y=ABC; echo ${y,,}", "ell llo lo heLlo heLLo Hello hellO HELLO Hello\nabc\n"],
  ["function f { echo fn $1; }; f x; let y=2+3; echo $y; ((y++)); echo $y; ((y>5)) && echo big; for ((i=0;i<3;i++)); do echo $i; done; declare -i z=3; echo $z; local q 2>/dev/null; echo $((2**10))", "fn x\n5\n6\nbig\n0\n1\n2\n3\n1024\n"],
  ["echo a >&2 2>/dev/null; x=1 y=2 env | grep '^[xy]=' | sort; export z=3; sh -c 'echo $z'; unset z; sh -c 'echo [$z]'; (cd /; pwd); cd - >/dev/null 2>&1; echo \"${PWD##*/}\" > /dev/null; HOME=/tmp; cd; pwd; cd /etc/..; pwd; cd /usr/bin/../../etc; pwd", "a\nx=1\ny=2\n3\n[]\n/\n/tmp\n/\n/etc\n"],
  ["[[ a == a* ]] && echo glob; [[ -n x && 1 -lt 2 ]] && echo and; [[ abc =~ ^a(.)c$ ]] && echo re; [[ ! -e /nofile ]]; echo $?; [[ a < b || x == y ]] && echo or; [[ \"a b\" == \"a b\" ]] && echo q; [[ a == \"a*\" ]] || echo literal", "glob\nand\nre\n0\nor\nq\nliteral\n"],
  ["cat <<< \"here string\"; ls &> f; wc -l < f; echo hi |& cat; set -o pipefail; false | true; echo $?", "here string\n1\nhi\n1\n"],
  ["find . -maxdepth 0; mkdir -p p/q; echo 1 > p/q/f; find p -name f -exec echo got {} \\; ; find p \\( -name q -o -name f \\) ! -type d; find p -name q -prune -o -print; find p -type f -exec sh -c 'echo \"$1\"' _ {} \\;", ".\ngot p/q/f\np/q/f\np\np/q/f\n"],
  ["printf 'a 1\\nb 2\\na 3\\n' | awk '{s[$1]+=$2} END{for (k in s) print k, s[k]}' | sort; printf 'k=v\\n# c\\n\\nx=y\\n' | sed -e '/^#/d' -e '/^$/d' -e 's/\\(.*\\)=\\(.*\\)/\\2=\\1/'; printf '1\\n2\\n3\\n4\\n5\\n' | sed -n '2,4{p;}' | sed '$d'; printf 'one\\ntwo\\n' | sed ':a;N;$!ba;s/\\n/,/g'", "a 4\nb 2\nv=k\ny=x\n2\n3\none,two\n"],
]

it.each(RECORDED)('%s', (script, printed) => {
  const { machine } = machineAt(started(['sh', '-c', `mkdir -p /w; cd /w\n${script}`]), NO_SETTING, 60_000_000, 400_000)
  expect(logOf(machine)).toBe(printed)
})
