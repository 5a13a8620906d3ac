/** The places of the map between which messages fly: "kubectl", "apiserver", "etcd", "controllers", "scheduler", "node/<name>". */
export function placeOfActor(actor: string): string {
  if (actor === 'apiserver' || actor === 'etcd') return actor
  if (actor.includes('scheduler')) return 'scheduler'
  const node = /^(?:kubelet|kube-proxy|runtime|probe|kwok|cri|containerd)[/-](.+)$/.exec(actor)
  if (node?.[1] !== undefined) return `node/${node[1]}`
  if (/^(user|kubectl|you|command)/.test(actor)) return 'kubectl'
  return 'controllers'
}
