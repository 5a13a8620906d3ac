import type { Verb } from '../context.ts'
import { usage } from '../failure.ts'

const SHELLS = ['bash', 'zsh', 'fish', 'powershell']

export const completionVerb: Verb = {
  name: 'completion',
  summary: 'Print a script that makes a shell complete kubectl command lines',
  usage: ['source <(kubectl completion bash)'],
  run(ctx, { args }) {
    if (args.length === 0) usage('completion', 'Shell not specified.')
    if (args.length > 1) usage('completion', 'Too many arguments. Expected only the shell type.')
    const shell = args[0]!
    if (!SHELLS.includes(shell)) usage('completion', `Unsupported shell type ${JSON.stringify(shell)}.`)
    ctx.out(`# ${shell} completion for kubectl: the terminal of this page completes by itself.\n`)
    ctx.out(`# A shell asks with "kubectl __complete WORD…"; the last line of the answer tells what to do about files.\n`)
    if (shell === 'bash') ctx.out(`__kubectl_words() { COMPREPLY=( $(kubectl __completeNoDesc "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | sed '$d') ); }\ncomplete -o default -F __kubectl_words kubectl\n`)
    return 0
  },
}
