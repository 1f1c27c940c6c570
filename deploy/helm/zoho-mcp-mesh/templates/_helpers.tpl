{{/* Names */}}

{{- define "mesh.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "mesh.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "mesh.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "mesh.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "mesh.selector" -}}
app.kubernetes.io/name: {{ include "mesh.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mesh.labels" -}}
{{ include "mesh.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: zoho-mcp-mesh
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The parts of the mesh: each is a Deployment. `peer` is the name that others grant rights to. */}}
{{- define "mesh.parts" -}}
auth: {short: auth, component: auth-service, program: auth-service, certificate: auth, port: 50051, portName: grpc, grpcPort: 50051}
zohoProxy: {short: zoho-proxy, component: zoho-proxy-service, program: zoho-proxy-service, certificate: zohoProxy, port: 50052, portName: grpc, grpcPort: 50052}
frontend: {short: mcp, component: mcp-frontend-service, program: mcp-frontend-service, certificate: frontend, port: 8080, portName: http, grpcPort: 50053}
management: {short: management, component: mcp-management-service, program: mcp-frontend-service, certificate: frontend, port: 8081, portName: http}
{{- end -}}

{{/* What is passed on for one part: root, key, values, and the fields above. */}}
{{- define "mesh.serviceHost" -}}
{{- printf "%s-%s.%s.svc.%s" (include "mesh.fullname" .root) .short .root.Release.Namespace .root.Values.clusterDomain -}}
{{- end -}}

{{- define "mesh.image" -}}
{{- $tag := .root.Values.image.tag | default .root.Chart.AppVersion -}}
{{- $separator := ternary "@" ":" (hasPrefix "sha256:" $tag) -}}
{{- with .root.Values.image.registry }}{{ printf "%s/" (trimSuffix "/" .) }}{{ end -}}
{{- printf "%s%s%s" .program $separator $tag -}}
{{- end -}}

{{- define "mesh.secret" -}}
{{- index .root.Values.secrets .certificate | default .root.Values.secret -}}
{{- end -}}

{{- define "mesh.tlsSecret" -}}
{{- if eq .root.Values.tls.mode "secrets" -}}
{{- index .root.Values.tls.secrets .certificate -}}
{{- else -}}
{{- printf "%s-%s-mtls" (include "mesh.fullname" .root) (kebabcase .certificate) -}}
{{- end -}}
{{- end -}}

{{- define "mesh.publicUrl" -}}
{{- .Values.publicUrl | default (printf "https://%s" .Values.host) -}}
{{- end -}}

{{/* Whether a part ever has more than one replica. */}}
{{- define "mesh.isReplicated" -}}
{{- $scaled := .values.autoscaling | default dict -}}
{{- if or (gt (int .values.replicas) 1) (and $scaled.enabled (gt (int $scaled.minReplicas) 1)) }}true{{ end -}}
{{- end -}}

{{/* What several values together must be; the schema judges each by itself. */}}
{{- define "mesh.check" -}}
{{- $_ := required "host is required: the host under which MCP clients come, for example mcp.example.com" .Values.host -}}
{{- $_ := required "secret is required: the Secret with the keys of the mesh; docs/kubernetes.md says how to make it" .Values.secret -}}
{{- if eq .Values.database.kind "sqlite" -}}
{{- if gt (int .Values.auth.replicas) 1 }}{{ fail "auth.replicas must be 1 where database.kind is sqlite: an SQLite file serves one auth-service; postgres serves any number" }}{{ end -}}
{{- if .Values.auth.autoscaling.enabled }}{{ fail "auth.autoscaling.enabled must be false where database.kind is sqlite: an SQLite file serves one auth-service" }}{{ end -}}
{{- if or .Values.database.url .Values.database.urlSecret.name }}{{ fail "database.url and database.urlSecret are for database.kind postgres" }}{{ end -}}
{{- end -}}
{{- if and .Values.database.url .Values.database.urlSecret.name }}{{ fail "database.url and database.urlSecret.name exclude each other" }}{{ end -}}
{{- if eq .Values.tls.mode "secrets" -}}
{{- range $service := list "auth" "zohoProxy" "frontend" -}}
{{- if not (index $.Values.tls.secrets $service) }}{{ fail (printf "tls.secrets.%s is required where tls.mode is secrets" $service) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.gateway.enabled (not .Values.gateway.parentRefs) }}{{ fail "gateway.parentRefs must name at least one Gateway where gateway.enabled is true" }}{{ end -}}
{{- if and .Values.management.ingress.enabled (not .Values.managementHost) }}{{ fail "managementHost is required where management.ingress.enabled is true" }}{{ end -}}
{{- if and .Values.managementHost (eq .Values.managementHost .Values.host) }}{{ fail "managementHost must differ from host: the management API is not for the public" }}{{ end -}}
{{- if and .Values.catalog.configMap .Values.catalog.files }}{{ fail "catalog.configMap and catalog.files exclude each other" }}{{ end -}}
{{- if and .Values.catalog.replace (not (or .Values.catalog.configMap .Values.catalog.files)) }}{{ fail "catalog.replace needs catalog.configMap or catalog.files" }}{{ end -}}
{{- range $part := list "auth" "zohoProxy" "frontend" -}}
{{- $scaled := (index $.Values $part).autoscaling -}}
{{- if and $scaled.enabled (gt (int $scaled.minReplicas) (int $scaled.maxReplicas)) }}{{ fail (printf "%s.autoscaling.minReplicas must not be above maxReplicas" $part) }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* Security */}}

{{- define "mesh.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "mesh.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* libpq's defaults for URLs that do not say. */}}
{{- define "mesh.databaseEnvironment" -}}
{{- if and (eq .Values.database.kind "postgres") .Values.database.caSecret.name -}}
env:
  - {name: PGSSLMODE, value: verify-full}
  - {name: PGSSLROOTCERT, value: /etc/mesh/database-ca/ca.crt}
{{- end -}}
{{- end -}}

{{- define "mesh.databaseMounts" -}}
{{- if eq .Values.database.kind "postgres" -}}
{{- if not .Values.database.url }}
- {name: database, mountPath: /etc/mesh/database, readOnly: true}
{{- end }}
{{- if .Values.database.caSecret.name }}
- {name: database-ca, mountPath: /etc/mesh/database-ca, readOnly: true}
{{- end }}
{{- end -}}
{{- end -}}

{{- define "mesh.databaseVolumes" -}}
{{- $database := .Values.database -}}
{{- if eq $database.kind "postgres" -}}
{{- if not $database.url }}
- name: database
  secret:
    secretName: {{ $database.urlSecret.name | default .Values.secrets.auth | default .Values.secret | quote }}
    defaultMode: 0440
    items:
      - {key: {{ ternary $database.urlSecret.key .Values.secretKeys.databaseUrl (ne $database.urlSecret.name "") | quote }}, path: url}
{{- end }}
{{- if $database.caSecret.name }}
- name: database-ca
  secret:
    secretName: {{ $database.caSecret.name | quote }}
    defaultMode: 0444
    items:
      - {key: {{ $database.caSecret.key | quote }}, path: ca.crt}
{{- end }}
{{- end -}}
{{- end -}}

{{- define "mesh.databaseConfig" -}}
{{- if eq .Values.database.kind "sqlite" -}}
sqlite { path: "/var/lib/mesh/mesh.db" }
{{- else if .Values.database.url -}}
postgres { url: {{ .Values.database.url | quote }} max_connections: {{ int .Values.database.maxConnections }} }
{{- else -}}
postgres { url_file: "/etc/mesh/database/url" max_connections: {{ int .Values.database.maxConnections }} }
{{- end -}}
{{- end -}}

{{/* Configuration */}}

{{- define "mesh.serviceConfig" -}}
service {
{{- with .grpcPort }}
  listen: "{{ $.root.Values.listenHost }}:{{ . }}"
{{- end }}
  metrics_listen: "{{ .root.Values.listenHost }}:9464"
  drain_delay { seconds: {{ int .values.drain.delaySeconds }} }
  drain_limit { seconds: {{ int .values.drain.limitSeconds }} }
  log_level: {{ .root.Values.logLevel | quote }}
  tls {
    certificate_file: "/etc/mesh/tls/tls.crt"
    key_file: "/etc/mesh/tls/tls.key"
    ca_file: "/etc/mesh/tls/ca.crt"
  }
}
{{- end -}}

{{- define "mesh.config.auth" -}}
{{- $values := .root.Values -}}
{{ include "mesh.serviceConfig" . }}
{{ include "mesh.databaseConfig" .root }}
seal_key_file: "/etc/mesh/keys/seal"
{{- range $index, $_ := $values.secretKeys.otherSealKeys }}
other_seal_key_files: "/etc/mesh/keys/other-seal-{{ $index }}"
{{- end }}
bootstrap_api_key_file: "/etc/mesh/keys/api-key"
worker_threads: {{ int .values.workerThreads }}
{{- if eq $values.database.kind "postgres" }}
audit { spool_file: "/var/lib/mesh/audit-spool" }
{{- end }}
{{- range $index, $client := $values.zoho.clients }}
oauth_clients {
{{- range $client.regions }}
  regions: {{ . | quote }}
{{- end }}
  client_id: {{ $client.clientId | quote }}
  client_secret_file: "/etc/mesh/keys/client-secret-{{ $index }}"
{{- if $client.withoutPkce }}
  without_pkce: true
{{- end }}
}
{{- end }}
{{- range $values.zoho.regions }}
regions {
  code: {{ .code | quote }}
  name: {{ .name | default .code | quote }}
  accounts_url: {{ .accountsUrl | quote }}
  meeting_url: {{ .meetingUrl | quote }}
}
{{- end }}
{{- with $values.zoho.caConfigMap.name }}
ca_file: "/etc/mesh/zoho-ca/ca.crt"
{{- end }}
{{- with .values.config }}
{{ . | trim }}
{{- end }}
{{ end -}}

{{- define "mesh.config.zohoProxy" -}}
{{- $catalog := .root.Values.catalog -}}
{{ include "mesh.serviceConfig" . }}
auth_service: "dns:///{{ include "mesh.serviceHost" (dict "root" .root "short" "auth") }}:50051"
{{- if not $catalog.replace }}
catalogs: "/usr/share/zoho-mcp-mesh/catalog/zoho_meeting"
{{- end }}
{{- if or $catalog.configMap $catalog.files }}
catalogs: "/etc/mesh/catalog"
{{- end }}
seal_key_file: "/etc/mesh/keys/cursor"
{{- with .root.Values.zoho.caConfigMap.name }}
ca_file: "/etc/mesh/zoho-ca/ca.crt"
{{- end }}
http_threads: {{ int .values.httpThreads }}
{{- with .values.config }}
{{ . | trim }}
{{- end }}
{{ end -}}

{{- define "mesh.frontendConfig" -}}
{{- $values := .root.Values -}}
{{ include "mesh.serviceConfig" . }}
public_url: {{ include "mesh.publicUrl" .root | quote }}
{{- with $values.managementHost }}
management_url: "https://{{ . }}"
{{- end }}
auth_service: "dns:///{{ include "mesh.serviceHost" (dict "root" .root "short" "auth") }}:50051"
zoho_proxy_service: "dns:///{{ include "mesh.serviceHost" (dict "root" .root "short" "zoho-proxy") }}:50052"
seal_key_file: "/etc/mesh/keys/frontend"
http_threads: {{ int .values.httpThreads }}
{{- end -}}

{{- define "mesh.config.frontend" -}}
{{- $values := .root.Values -}}
{{ include "mesh.frontendConfig" . }}
mcp_listen: "{{ $values.listenHost }}:{{ .port }}"
management_listen: "off"
{{- if .values.allowedHosts }}
{{- range concat (list $values.host "localhost" "127.0.0.1") .values.allowedHosts | uniq }}
allowed_hosts: {{ . | quote }}
{{- end }}
{{- end }}
{{- range .values.allowedOrigins }}
allowed_origins: {{ . | quote }}
{{- end }}
{{- with .values.config }}
{{ . | trim }}
{{- end }}
{{ end -}}

{{- define "mesh.config.management" -}}
{{ include "mesh.frontendConfig" . }}
mcp_listen: "off"
management_listen: "{{ .root.Values.listenHost }}:{{ .port }}"
dashboard_dir: "/usr/share/zoho-mcp-mesh/dashboard"
{{- with .values.config }}
{{ . | trim }}
{{- end }}
{{ end -}}

{{/* Files that a part's Secret brings, as items of a volume. */}}
{{- define "mesh.keyItems" -}}
{{- $keys := .root.Values.secretKeys -}}
{{- if eq .key "auth" }}
- {key: {{ $keys.sealKey | quote }}, path: seal}
{{- range $index, $key := $keys.otherSealKeys }}
- {key: {{ $key | quote }}, path: other-seal-{{ $index }}}
{{- end }}
- {key: {{ $keys.apiKey | quote }}, path: api-key}
{{- range $index, $client := .root.Values.zoho.clients }}
- {key: {{ $client.secretKey | default "zoho-client-secret" | quote }}, path: client-secret-{{ $index }}}
{{- end }}
{{- else if eq .key "zohoProxy" }}
- {key: {{ $keys.cursorKey | quote }}, path: cursor}
{{- else }}
- {key: {{ $keys.frontendKey | quote }}, path: frontend}
{{- end }}
{{- end -}}

{{/* Pods of this release by their components, as peers of a NetworkPolicy. */}}
{{- define "mesh.peers" -}}
{{- range .components }}
- podSelector:
    matchLabels:
      {{- include "mesh.selector" $.root | nindent 6 }}
      app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}
