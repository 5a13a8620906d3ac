import { expect, test } from '@playwright/test'
import { applyWeb, openPage, terminal } from './page.ts'

test('kubectl answers as kubectl does, completes, and takes pipes', async ({ page }) => {
  await openPage(page)
  await applyWeb(page)
  await terminal(page, 'kubectl get deployments', /NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE/)
  await terminal(page, 'kubectl get pods --no-headers | wc -l', '3')
  await terminal(page, 'kubectl create configmap settings --from-literal=a=b', 'configmap/settings created')
  await terminal(page, 'kubectl label node node-1 disk=ssd', 'node/node-1 labeled')
  await page.keyboard.type('kubectl get deploym')
  await page.keyboard.press('Tab')
  await expect(page.locator('.xterm-rows')).toContainText('kubectl get deployments')
})

test('a shell in a container takes what is typed, and its files stay when it ends', async ({ page }) => {
  await openPage(page)
  await applyWeb(page)
  await terminal(page, 'kubectl exec -it deploy/web -- sh', /-- sh\s*#/)
  await terminal(page, 'n=41; echo $((n + 1)) > /tmp/answer; cat /tmp/answer', '42')
  await terminal(page, 'exit 3', /exit code 3/)
  await terminal(page, 'kubectl exec deploy/web -- cat /tmp/answer', '42')
})
