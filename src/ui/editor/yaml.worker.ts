// The YAML language service in a worker of its own; the bundler makes it one file.
import 'monaco-yaml/yaml.worker.js'
