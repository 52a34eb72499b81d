extension kubernetes with {
  namespace: 'default'
} as k8s
