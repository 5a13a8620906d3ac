import { defaultResourceList } from '../../api/pod-defaults.ts'
import { assignSame } from '../../api/share.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import { nodeColumns } from './columns.ts'
import type { Node } from './node.ts'
import { nodeWarnings, validateNode, validateNodeUpdate } from './validate.ts'

/** The first of podCIDRs and podCIDR are one value (core/v1: conversion.go). */
function podCidrs(node: Node): Node {
  const { podCIDR, podCIDRs } = node.spec ?? {}
  if (!podCIDR && !podCIDRs?.length) return node
  const list = podCIDR && podCIDR !== podCIDRs?.[0] ? [podCIDR] : podCIDRs!
  return assignSame(node, { spec: assignSame(node.spec, { podCIDR: list[0], podCIDRs: list }) })
}

function defaults(given: Node, old?: Node): Node {
  // NodeSpec is no pointer in Go, so it is there even when nothing was said.
  const node = podCidrs(given.spec ? given : { ...given, spec: {} })
  const status = node.status
  if (!status?.capacity || status === old?.status) return node
  const capacity = defaultResourceList(status.capacity)
  return assignSame(node, { status: assignSame(status, { capacity, allocatable: defaultResourceList(status.allocatable) ?? capacity }) })
}

/** Dynamic kubelet configuration is gone: dropped unless the stored node still has it (dropDisabledFields). */
function dropDisabled(node: Node, old?: Node): Node {
  if (old?.spec?.configSource || node.spec?.configSource === undefined) return node
  return { ...node, spec: assignSame(node.spec, { configSource: undefined }) }
}

/** v1 Node (registry/core/node: strategy.go). Unlike others a new node keeps the status it comes with. */
export const nodeKind = defineKind<Node>('', 'v1', 'Node', {
  keepsStatus: true,
  defaults,
  prepareCreate: (node) => dropDisabled(node),
  prepareUpdate: dropDisabled,
  validate: (node) => validateNode(node),
  recheck: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: validateNodeUpdate,
  warnings: nodeWarnings,
  columns: [nameColumn, ...nodeColumns(0), ageColumn, textColumn('Version', (n) => n.status?.nodeInfo?.kubeletVersion ?? ''), ...nodeColumns(1)],
  selectableFields: (n) => ({ 'spec.unschedulable': String(n.spec?.unschedulable ?? false) }),
})
