/** DefaultPreemptionArgs: of how many nodes at least it is found out what evicting pods there would bring. */
export interface PreemptionArgs {
  readonly minCandidateNodesPercentage: number
  readonly minCandidateNodesAbsolute: number
}
