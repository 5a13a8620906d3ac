/** Manifests of a server in namespace `hooks` that answers admission and conversion reviews by `rules` (`/path:` and lists of rules, in YAML), behind the Service `hook`. */
export const webhookServer = (rules: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: rules, namespace: hooks}
data:
  rules.yaml: |
${rules.trim().split('\n').map((line) => `    ${line}`).join('\n')}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: hook, namespace: hooks}
spec:
  selector: {matchLabels: {app: hook}}
  template:
    metadata: {labels: {app: hook}}
    spec:
      containers: [{name: hook, image: orrery.dev/admission-webhook:1.0, ports: [{containerPort: 8443}], volumeMounts: [{name: rules, mountPath: /etc/webhook}]}]
      volumes: [{name: rules, configMap: {name: rules}}]
---
apiVersion: v1
kind: Service
metadata: {name: hook, namespace: hooks}
spec: {selector: {app: hook}, ports: [{port: 443, targetPort: 8443}]}
`
