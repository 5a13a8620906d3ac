import config from '../../../examples/config.yaml?raw'
import crashLoop from '../../../examples/crash-loop.yaml?raw'
import initContainer from '../../../examples/init-container.yaml?raw'
import kubeletSettings from '../../../examples/kubelet-settings.yaml?raw'
import pending from '../../../examples/pending.yaml?raw'
import probes from '../../../examples/probes.yaml?raw'
import rollingUpdate from '../../../examples/rolling-update.yaml?raw'
import rsA from '../../../examples/rs-a.yaml?raw'
import schedulerProfiles from '../../../examples/scheduler-profiles.yaml?raw'
import privateRegistry from '../../../examples/private-registry.yaml?raw'
import stuckRollout from '../../../examples/stuck-rollout.yaml?raw'
import tolerations from '../../../examples/tolerations.yaml?raw'
import { FIRST_SAMPLE } from './first-sample.ts'
import type { Sample } from './types.ts'

/** The gallery, from the first steps to the harder ones. Fetched when it is opened. */
export const SAMPLES: readonly Sample[] = [
  FIRST_SAMPLE,
  {
    id: 'rs-a',
    name: 'rs-a.yaml',
    text: rsA,
    title: { en: 'The controller pattern', zh: '控制器模式' },
    summary: {
      en: 'A bare ReplicaSet: scale it from 2 to 3 and step through one reconcile.',
      zh: '单独的 ReplicaSet：把副本数从 2 改为 3，逐步走完一次调谐。',
    },
  },
  {
    id: 'rolling-update',
    name: 'rolling-update.yaml',
    text: rollingUpdate,
    title: { en: 'Rolling update', zh: '滚动更新' },
    summary: {
      en: 'Six replicas with maxSurge 2 and maxUnavailable 1: change the image and pause half-way.',
      zh: '六个副本，maxSurge 为 2，maxUnavailable 为 1：修改镜像，在中途暂停。',
    },
  },
  {
    id: 'stuck-rollout',
    name: 'stuck-rollout.yaml',
    text: stuckRollout,
    title: { en: 'A rollout that gets stuck', zh: '卡住的发布' },
    summary: {
      en: 'A tag that does not exist: ErrImagePull, back-off, and the progress deadline.',
      zh: '不存在的镜像标签：ErrImagePull、退避重试，直到超过进度期限。',
    },
  },
  {
    id: 'private-registry',
    name: 'private-registry.yaml',
    text: privateRegistry,
    title: { en: 'A private registry', zh: '私有镜像仓库' },
    summary: {
      en: 'The same image with and without a pull secret (user learner, password orrery): one pod runs, the other backs off.',
      zh: '同一个镜像，带与不带拉取密钥（用户 learner，密码 orrery）：一个 Pod 运行，另一个不断退避。',
    },
  },
  {
    id: 'crash-loop',
    name: 'crash-loop.yaml',
    text: crashLoop,
    title: { en: 'CrashLoopBackOff', zh: 'CrashLoopBackOff' },
    summary: {
      en: 'A process that fails after five seconds, and the waits that double from 10 s to 5 min.',
      zh: '进程五秒后失败，重启的等待时间从 10 秒翻倍到 5 分钟。',
    },
  },
  {
    id: 'pending',
    name: 'pending.yaml',
    text: pending,
    title: { en: 'Pending: no node fits', zh: 'Pending：没有合适的节点' },
    summary: {
      en: 'A request larger than any node, and what the scheduler says about each.',
      zh: '请求超过任何节点的容量，看调度器对每个节点的说明。',
    },
  },
  {
    id: 'probes',
    name: 'probes.yaml',
    text: probes,
    title: { en: 'Three probes', zh: '三种探针' },
    summary: {
      en: 'Startup, readiness and liveness: which one acts when a path goes missing?',
      zh: '启动、就绪与存活探针：路径失效时是哪一个在起作用？',
    },
  },
  {
    id: 'init-container',
    name: 'init-container.yaml',
    text: initContainer,
    title: { en: 'Init containers', zh: 'Init 容器' },
    summary: {
      en: 'Two steps that must end before the app may start, with a shared volume.',
      zh: '两个步骤必须先完成，应用才能启动；它们共享一个卷。',
    },
  },
  {
    id: 'tolerations',
    name: 'tolerations.yaml',
    text: tolerations,
    title: { en: 'Taints and tolerations', zh: '污点与容忍度' },
    summary: {
      en: 'Two Deployments, one of which may run on a tainted node.',
      zh: '两个 Deployment，只有一个可以运行在带污点的节点上。',
    },
  },
  {
    id: 'config',
    name: 'config.yaml',
    text: config,
    title: { en: 'ConfigMap and Secret', zh: 'ConfigMap 与 Secret' },
    summary: {
      en: 'A namespace of its own and a pod that takes its environment from both.',
      zh: '独立的命名空间，Pod 的环境变量取自二者。',
    },
  },
  {
    id: 'scheduler-profiles',
    name: 'scheduler-profiles.yaml',
    text: schedulerProfiles,
    title: { en: 'Two scheduler profiles', zh: '调度器的两个配置档' },
    summary: {
      en: "The scheduler's own file with a profile that packs pods densely, and two Deployments to compare.",
      zh: '调度器自己的配置文件：一个配置档把 Pod 装得尽量紧，用两个 Deployment 来对比。',
    },
  },
  {
    id: 'kubelet-settings',
    name: 'kubelet-settings.yaml',
    text: kubeletSettings,
    title: { en: "The kubelets' settings", zh: 'kubelet 的设置' },
    summary: {
      en: "The kubelets' own file: shorter waits of crashed containers, images pulled side by side.",
      zh: 'kubelet 自己的配置文件：崩溃容器等得更短，镜像并行拉取。',
    },
  },
]
