#!/usr/bin/env bash
# Checks the program on a machine with an NVIDIA GPU and prints one table: the main job on CUDA, agents on CUDA against the
# same agents on the CPU, and the tests that need CUDA. Usage: scripts/gpu-check.sh [DEVICE] (default cuda).
set -euo pipefail
cd "$(dirname "$0")/.."
device="${1:-cuda}"
agents="${AGENTS:-random,greedy,epsilon-greedy,ucb,thompson,linucb,oracle,best-fixed}"
seeds="${SEEDS:-3}"
if [ "$device" != cpu ]; then export RECDEEPRL_CUDA=true; fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

echo "== main job on $device"
dotnet run -- train ddpg --env personal --device "$device" --out "$work/ddpg" | tee "$work/train.log"

echo "== the same agents on cpu and $device"
dotnet run -- compare --agents "$agents" --seeds "$seeds" --device cpu --out "$work/cpu" >"$work/cpu.log"
dotnet run -- compare --agents "$agents" --seeds "$seeds" --device "$device" --out "$work/device" >"$work/device.log"

echo "== tests"
dotnet test --filter "FullyQualifiedName~Cuda|FullyQualifiedName~Device" | tail -n 12

echo
printf '%-10s %-16s %12s %12s %14s %10s %10s\n' environment agent cpu "$device" "largest gap" "s cpu" "s $device"
# Columns: 1 environment, 2 agent, 3 seed, 5 final_expected, 10 seconds.
awk -F, '
    FNR == 1 { file++; next }
    { key = $1 FS $2; if (!(key in seen)) { seen[key] = ++count; order[count] = key } }
    file == 1 { cpu[key FS $3] = $5; a[key] += $5; sa[key] += $10; n[key]++ }
    file == 2 { gap = $5 - cpu[key FS $3]; if (gap < 0) gap = -gap; if (gap > g[key]) g[key] = gap; b[key] += $5; sb[key] += $10 }
    END { for (i = 1; i <= count; i++) { k = order[i]; split(k, p, FS)
        printf "%-10s %-16s %12.6f %12.6f %14.2e %10.2f %10.2f\n", p[1], p[2], a[k] / n[k], b[k] / n[k], g[k], sa[k] / n[k], sb[k] / n[k] } }
' "$work/cpu/results.csv" "$work/device/results.csv"
grep -E "users/s" "$work/train.log" | tail -n 1
