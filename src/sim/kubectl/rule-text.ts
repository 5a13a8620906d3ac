/** "deployments.apps/scale" (kubectl: describe.go, CombineResourceGroup). */
export function resourceGroupText(resources: readonly string[] | undefined, groups: readonly string[] | undefined): string {
  const first = resources?.[0]
  if (first === undefined) return ''
  const slash = first.indexOf('/')
  const [resource, subresource] = slash < 0 ? [first, ''] : [first.slice(0, slash), first.slice(slash)]
  return `${resource}${groups?.[0] ? `.${groups[0]}` : ''}${subresource}`
}
