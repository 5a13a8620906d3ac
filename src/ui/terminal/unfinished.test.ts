import { describe, expect, test } from 'vitest'
import { isUnfinished, joined } from './unfinished.ts'

describe('a shell wants more lines', () => {
  test.each([
    ['kubectl get pods \\'],
    ['echo "one'],
    ["echo 'it is"],
    ['kubectl apply -f - <<EOF'],
    ["cat > a.yaml <<'EOF'\nkind: Pod\n"],
    ['cat <<-END\n\tone\n\tEN'],
    ['cat <<A <<B\n1\nA\n2'],
    ['for i in 1 2 3; do'],
    ['for i in 1 2 3\ndo\n  echo $i'],
    ['if true; then echo yes'],
    ['while true; do date; sleep 1'],
    ['case $x in\n a) echo a;;'],
    ['f() {'],
    ['kubectl get pods |'],
    ['true &&'],
    ['echo $(kubectl get pods'],
    ['kubectl get pods | # who\n'],
  ])('after %j', (text) => expect(isUnfinished(text)).toBe(true))

  test.each([
    [''],
    ['kubectl get pods'],
    ['kubectl get pods -o jsonpath=\'{.items[*].metadata.name}\''],
    ['kubectl get pods -o jsonpath={.items[0].metadata.name}'],
    ['kubectl patch deploy web -p \'{"spec":\n{"replicas":3}}\''],
    ['kubectl apply -f - <<EOF\nkind: Pod # it\'s "open\nEOF'],
    ["cat > a.yaml <<'EOF'\nkind: Pod\nEOF\n"],
    ['cat <<-END\n\tone\n\tEND'],
    ['cat <<A <<B\n1\nA\n2\nB'],
    ['cat <<< "here"'],
    ['for i in 1 2 3; do echo $i; done'],
    ['if true; then echo yes; fi'],
    ['case $x in\n a) echo a;;\nesac'],
    ['f() { echo hi; }'],
    ['(cd /tmp; ls)'],
    ['echo $(date) done if case'],
    ['kubectl get pods | grep web'],
    ['sleep 100 &'],
    ['echo "a \\" b"'],
    ["echo it\\'s # don't"],
    ['kubectl exec web -- sh -c "for i in 1 2; do"'],
    ['kubectl run x --image=nginx;'],
  ])('not after %j', (text) => expect(isUnfinished(text)).toBe(false))

  test('lines that a backslash joins run as one', () => {
    expect(joined('kubectl get pods \\\n  -A')).toBe('kubectl get pods    -A')
    expect(joined("cat <<'E'\na \\\nb\nE")).toBe("cat <<'E'\na \\\nb\nE")
  })
})
