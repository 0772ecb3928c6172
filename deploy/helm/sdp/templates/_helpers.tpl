{{- define "sdp.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "sdp.common" -}}
{{ include "sdp.labels" . }}
app.kubernetes.io/part-of: sdp
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "sdp.image" -}}
image: {{ printf "%s%s:%s" .root.Values.image.prefix .image (default .root.Chart.AppVersion .root.Values.image.tag) | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
{{- end }}

{{- define "sdp.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .uid | default 10001 }}
  runAsGroup: {{ .uid | default 10001 }}
  fsGroup: {{ .uid | default 10001 }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "sdp.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{- define "sdp.database" -}}
- name: SDP_DATABASE_URL
  valueFrom: { secretKeyRef: { name: {{ required "database.secret: name a Secret with the key url" .Values.database.secret | quote }}, key: url } }
{{- end }}

{{- define "sdp.reachesDatabase" -}}
matchExpressions:
  - { key: app.kubernetes.io/component, operator: In, values: [worker, ingest, api, migrate] }
{{- end }}
