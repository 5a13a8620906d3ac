import { forbidden, type Status } from '../../api/status.ts'
import type { Store } from '../../store/store.ts'
import { MASTERS, nodeOf, type UserInfo } from '../authentication/user.ts'
import type { Attributes, Verdict } from './attributes.ts'
import { nodeVerdict } from './node.ts'
import { clusterBindings, grantsOf, rbacVerdict, rulesOf, type ClusterBindings, type Granted } from './rbac.ts'

/** The modes of kube-apiserver's --authorization-mode that are modelled. */
export type AuthorizationMode = 'Node,RBAC' | 'AlwaysAllow'

const ALLOWED: Verdict = { allowed: true, reason: '' }
const NODE_ROLE = { kind: 'ClusterRole', name: 'system:node' }

/** Is this the key of a role or binding ("roles/…", "clusterrolebindings/…")? */
const isRbacKey = (key: string): boolean => {
  const first = key.charCodeAt(0)
  return (first === 114 || first === 99) && (key.startsWith('role') || key.startsWith('clusterrole'))
}

/** What is remembered of one user as long as no role and no binding changes. */
interface Memory {
  readonly grants: Map<string, readonly Granted[]>
  /** Requests that are allowed whatever their name and namespace. */
  readonly allowed: Set<string>
}

/**
 * Node and RBAC authorizers in a row (--authorization-mode=Node,RBAC), with system:masters allowed everything. All that
 * it remembers is a function of the roles and bindings in the store and is forgotten when one of them changes, whether
 * by a write, an undo or a redo.
 */
export class Authorizer {
  readonly mode: AuthorizationMode
  readonly #store: Store
  readonly #memory = new Map<UserInfo, Memory>()
  #bindings: ClusterBindings | undefined

  constructor(store: Store, mode: AuthorizationMode = 'Node,RBAC') {
    this.#store = store
    this.mode = mode
    store.objects.derive({
      apply: (key) => {
        if (!isRbacKey(key)) return
        this.#bindings = undefined
        if (this.#memory.size > 0) this.#memory.clear()
      },
    })
  }

  /** May the user do this? The refusal of a request that may not pass. */
  refuse(asked: Attributes): Status | undefined {
    if (this.isFree(asked.user)) return undefined
    const memory = this.#memoryOf(asked.user)
    const what = asked.path ?? `${asked.verb} ${asked.resource}.${asked.group}/${asked.subresource}`
    if (memory.allowed.has(what)) return undefined
    const verdict = this.verdict(asked)
    if (!verdict.allowed) return forbiddenRequest(asked, verdict.reason)
    if (asked.path === undefined && this.#rbac({ ...asked, namespace: '', name: '' }).allowed) memory.allowed.add(what)
    return undefined
  }

  /** The whole answer, with its reason. */
  verdict(asked: Attributes): Verdict {
    if (this.isFree(asked.user)) return ALLOWED
    const node = nodeOf(asked.user)
    const first = node === undefined ? undefined : this.#node(node, asked)
    if (first?.allowed) return first
    const second = this.#rbac(asked)
    return second.allowed || !first?.reason ? second : { allowed: false, reason: second.reason ? `${first.reason}\n${second.reason}` : first.reason }
  }

  /** A member of system:masters, or a cluster without authorization. */
  isFree(user: UserInfo): boolean {
    return this.mode === 'AlwaysAllow' || user.groups.includes(MASTERS)
  }

  /** What bindings give the user in a namespace ('': cluster-wide ones only). */
  grants(user: UserInfo, namespace: string): readonly Granted[] {
    const { grants } = this.#memoryOf(user)
    let found = grants.get(namespace)
    if (!found) {
      if (grants.size > 1000) grants.clear()
      grants.set(namespace, (found = grantsOf(this.#store, (this.#bindings ??= clusterBindings(this.#store)), user, namespace)))
    }
    return found
  }

  #rbac(asked: Attributes): Verdict {
    return rbacVerdict(this.grants(asked.user, asked.namespace), asked)
  }

  #node(node: string, asked: Attributes): Verdict {
    if (!node) return { allowed: false, reason: `unknown node for user ${JSON.stringify(asked.user.name)}` }
    return nodeVerdict(this.#store, node, asked, rulesOf(this.#store, NODE_ROLE, '') ?? [])
  }

  #memoryOf(user: UserInfo): Memory {
    let memory = this.#memory.get(user)
    if (!memory) {
      if (this.#memory.size > 1000) this.#memory.clear()
      this.#memory.set(user, (memory = { grants: new Map(), allowed: new Set() }))
    }
    return memory
  }
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** 403 in the server's words (endpoints/handlers/responsewriters: ForbiddenStatusError). */
export function forbiddenRequest(asked: Attributes, reason: string): Status {
  const said = forbiddenText(asked).replace(/[&<>]/g, (c) => HTML[c]!)
  return forbidden({ group: asked.group, resource: asked.resource }, asked.name, reason ? `${said}: ${reason}` : said)
}

function forbiddenText({ user, verb, path, group, resource, subresource, namespace }: Attributes): string {
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`
  if (path !== undefined) return `${who} path ${JSON.stringify(path)}`
  const what = `resource ${JSON.stringify(subresource ? `${resource}/${subresource}` : resource)} in API group ${JSON.stringify(group)}`
  return `${who} ${what} ${namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope'}`
}
