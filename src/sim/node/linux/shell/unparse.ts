import type { Condition, Part, Redirect, ShellNode, Word } from './syntax.ts'

const LONGEST = 200

/** A command as text, as `jobs` shows it (busybox ash, jobs.c: cmdtxt). */
export function commandText(node: ShellNode): string {
  const text = of(node)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text
}

function of(node: ShellNode): string {
  switch (node.k) {
    case 'list':
      return node.items.map((item, i) => of(item.node) + (item.background ? ' &' : '') + (i < node.items.length - 1 ? (item.background ? ' ' : '; ') : '')).join('')
    case 'andor':
      return of(node.first) + node.rest.map((next) => ` ${next.op} ${of(next.node)}`).join('')
    case 'pipe':
      return (node.not ? '! ' : '') + node.stages.map(of).join(' | ')
    case 'simple':
      return [...node.assignments.map((a) => `${a.name}=${word(a.value)}`), ...node.words.map(word), ...node.redirects.map(redirection)].join(' ')
    case 'if':
      return `${node.clauses.map((c, i) => `${i === 0 ? 'if' : 'elif'} ${of(c.condition)}; then ${of(c.body)}; `).join('')}${node.otherwise ? `else ${of(node.otherwise)}; ` : ''}fi`
    case 'while':
      return `${node.until ? 'until' : 'while'} ${of(node.condition)}; do ${of(node.body)}; done`
    case 'for':
      return `for ${node.name}${node.words ? ` in ${node.words.map(word).join(' ')}` : ''}; do ${of(node.body)}; done`
    case 'case':
      return `case ${word(node.word)} in ${node.items.map((item) => `${item.patterns.map(word).join(' | ')}) ${of(item.body)};; `).join('')}esac`
    case 'group':
      return `{ ${of(node.body)}; }`
    case 'subshell':
      return `(${of(node.body)})`
    case 'cond':
      return `[[ ${condition(node.test)} ]]`
    case 'sum':
      return `((${node.expression.parts.map(partText).join('')}))`
    case 'function':
      return `${node.name}() { ${of(node.body)}; }`
    case 'redirected':
      return `${of(node.body)} ${node.redirects.map(redirection).join(' ')}`
  }
}

function condition(test: Condition): string {
  switch (test.c) {
    case 'or':
    case 'and':
      return `${condition(test.left)} ${test.c === 'or' ? '||' : '&&'} ${condition(test.right)}`
    case 'not':
      return `! ${condition(test.of)}`
    case 'unary':
      return `${test.op} ${word(test.word)}`
    case 'binary':
      return `${word(test.left)} ${test.op} ${word(test.right)}`
  }
}

function redirection({ fd, op, word: target }: Redirect): string {
  const usual = op.startsWith('<') ? 0 : 1
  return `${fd === usual ? '' : fd}${op}${op === '<<' ? '...' : word(target)}`
}

/** A word with its quotes; runs of quoted parts share one pair. */
function word({ parts }: Word): string {
  let text = ''
  let quoted = false
  for (const part of parts) {
    if (part.quoted !== quoted) text += '"'
    quoted = part.quoted
    text += partText(part)
  }
  return text + (quoted ? '"' : '')
}

function partText(part: Part): string {
  switch (part.p) {
    case 'text':
      return part.s
    case 'var': {
      if (part.op === '') return /^\w+$/.test(part.name) && part.name.length > 1 ? `\${${part.name}}` : `$${part.name}`
      return part.op === '#' && !part.arg ? `\${#${part.name}}` : `\${${part.name}${part.op}${part.arg ? word({ ...part.arg, parts: part.arg.parts.map((p) => ({ ...p, quoted: false })) }) : ''}}`
    }
    case 'command':
      return `$(${of(part.body)})`
    case 'sum':
      return `$((${part.expression.parts.map(partText).join('')}))`
  }
}
