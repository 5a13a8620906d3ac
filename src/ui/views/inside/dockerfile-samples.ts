/** Dockerfiles to begin with, each with the files that lie beside it. */
export const DOCKERFILES = [
  {
    id: 'web',
    text: 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . /app\nRUN pip install --no-cache-dir -r requirements.txt\nEXPOSE 80\nENV NAME=World\nCMD ["python", "app.py"]\n',
    context: { 'app.py': 'import os\nprint("Hello", os.environ["NAME"])\n', 'requirements.txt': 'flask==3.0\n' },
  },
  {
    id: 'cache',
    text: '# What seldom changes comes first\nFROM node:22\nWORKDIR /srv\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY src ./src\nUSER node\nENTRYPOINT ["node"]\nCMD ["src/server.js"]\n',
    context: { 'package.json': '{"name":"shop"}\n', 'package-lock.json': '{"lockfileVersion":3}\n', 'src/server.js': 'console.log("up")\n' },
  },
  {
    id: 'stages',
    text: 'FROM golang:1.25 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/app .\n\nFROM alpine:3.20\nRUN apk add --no-cache ca-certificates\nCOPY --from=build /out/app /usr/local/bin/app\nUSER 1000\nENTRYPOINT ["app"]\n',
    context: { 'main.go': 'package main\nfunc main() {}\n', 'go.mod': 'module app\n' },
  },
] as const
