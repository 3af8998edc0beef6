"""A real Slurm for one test: munged, slurmctld and slurmd on this machine, on loopback, in a folder of their own."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "srun", "sinfo", "squeue", "scancel", "scontrol"]
# BatchStartTimeout and MessageTimeout below: so long after its start a batch job that its node does not know is not lost.
BATCH_START_SECONDS = 1 + 5
DAEMON_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

# Nothing of it needs control groups, an accounting database, or more processors than the machine has.
CONFIGURATION = """
ClusterName=dsqbench
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=sched_min_interval=10000,sched_interval=1
SlurmdParameters=config_overrides
MaxArraySize=64
ReturnToService=2
KillWait=10
BatchStartTimeout=1
MessageTimeout=5
NodeName=node NodeHostname={host} NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=short Nodes=node Default=YES MaxTime=INFINITE State=UP
"""

# Control groups are looked for unless this says otherwise. Before 23.11 they could not be switched off, but the plug-in
# of their first version starts without any.
def control_groups(version):
    return "CgroupPlugin=disabled\n" if version >= (23, 11) else "CgroupPlugin=cgroup/v1\n"


def missing_programs():
    return [name for name in PROGRAMS if shutil.which(name, path=DAEMON_PATH) is None]


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_until(condition, seconds, what):
    """Polls; `condition` returns something true when it holds. A generous bound, not a measurement."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")


class Cluster:
    """Use as a context; `environment` is what Slurm's commands need to find it."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="dsqbench-slurm-"))
        self.daemons = {}
        controller_port, node_port = free_ports(2)
        values = {"folder": self.folder, "host": socket.gethostname().split(".")[0], "user": pwd.getpwuid(os.getuid()).pw_name,
                  "controller_port": controller_port, "node_port": node_port}
        (self.folder / "slurm.conf").write_text(CONFIGURATION.format(**values))
        (self.folder / "cgroup.conf").write_text(control_groups(self.version()))
        for name in ["state", "spool"]:
            (self.folder / name).mkdir(mode=0o755)
        self.folder.chmod(0o755)  # munged wants its socket's folder to be open to all
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        self.environment = {"SLURM_CONF": str(self.folder / "slurm.conf")}

    def __enter__(self):
        try:
            self.start("munged", "--foreground", "--force", f"--key-file={self.folder}/munge.key",
                       f"--socket={self.folder}/munge.socket", f"--pid-file={self.folder}/munge.pid",
                       f"--log-file={self.folder}/munge.log", f"--seed-file={self.folder}/munge.seed", "--num-threads=2")
            wait_until((self.folder / "munge.socket").exists, 60, lambda: self.log("munged.out"))
            self.start("slurmctld", "-D", "-c")
            self.start_node()
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        try:
            if "slurmd" in self.daemons:
                self.command("scancel", "--me", check=False)
                self.kill_steps()
        finally:
            for name in ["slurmd", "slurmctld", "munged"]:
                self.kill(name)
            shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def version():
        """(22, 5) of "slurm-wlm 22.05.8"."""
        text = subprocess.run([shutil.which("slurmd", path=DAEMON_PATH), "-V"], capture_output=True, text=True, check=True).stdout
        return tuple(map(int, text.split()[-1].split(".")[:2]))

    def start_node(self):
        self.start("slurmd", "-D", "-N", "node")
        wait_until(lambda: self.command("sinfo", "--noheader", "--format=%T", check=False).strip() in ("idle", "mixed", "allocated"),
                   60, lambda: self.log("slurmd.out") + self.log("slurmctld.out"))

    def start(self, name, *options):
        with open(self.folder / f"{name}.out", "ab") as log:
            self.daemons[name] = subprocess.Popen(
                [shutil.which(name, path=DAEMON_PATH), *options], stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, env={**os.environ, **self.environment, "PATH": DAEMON_PATH}, cwd=self.folder)

    def kill(self, name):
        daemon = self.daemons.pop(name, None)
        if daemon is not None:
            daemon.kill()
            daemon.wait()

    def step_processes(self):
        """The ids of the slurmstepd processes of this cluster: one a running element."""
        return [process for process in process_ids() if read_process(process, "comm").strip() == b"slurmstepd"
                and any(str(self.folder).encode() in read_process(each, "environ")
                        # From 23.11 on it is what it started that still knows the cluster.
                        for each in [process, *descendants(process)])]

    def kill_steps(self):
        """As when the machine loses power: the steps and all that they started."""
        for step in self.step_processes():
            for process in [step, *descendants(step)]:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def command(self, *arguments, check=True):
        done = subprocess.run(arguments, env={**os.environ, **self.environment}, capture_output=True, text=True, timeout=60)
        if check and done.returncode != 0:
            raise AssertionError(f"{arguments}: {done.stderr}")
        return done.stdout

    def log(self, name):
        try:
            return (self.folder / name).read_text(errors="replace")[-4000:]
        except OSError:
            return ""


def process_ids():
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]


def read_process(process, name):
    """b"" when it has ended meanwhile."""
    try:
        return Path(f"/proc/{process}/{name}").read_bytes()
    except OSError:
        return b""


def descendants(process):
    children = {}
    for each in process_ids():
        # "id (name) state parent ...": a name may hold anything, so look behind the last bracket.
        fields = read_process(each, "stat").rpartition(b")")[2].split()
        if fields:
            children.setdefault(int(fields[1]), []).append(each)
    found, open_ends = [], [process]
    while open_ends:
        for child in children.get(open_ends.pop(), []):
            found.append(child)
            open_ends.append(child)
    return found
