/** "NodeResourcesBalancedAllocation" as "Balanced Allocation": a plugin's name for the narrow head of a column. */
export const pluginWords = (plugin: string): string => plugin.replace(/^NodeResources/, '').replace(/([a-z])([A-Z])/g, '$1 $2')
