/** Flags without which a command does not begin (cobra: MarkFlagRequired), in order of name. */
export const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  autoscale: ['max'], 'create clusterrolebinding': ['clusterrole'], 'create cronjob': ['image', 'schedule'], 'create deployment': ['image'],
  'create service externalname': ['external-name'], 'kuberc set': ['section'], run: ['image'], scale: ['replicas'],
}
