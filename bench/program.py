"""A server under measurement."""
import os
import pathlib
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


def clock_environment(clock, offset):
    """Under a wall clock that is `offset` seconds ahead: tests/support/clock.c."""
    return {**os.environ, "LD_PRELOAD": str(clock), "CLOCK_OFFSET": str(offset), "TENURE_CLOCK_CHECK": "off"}


class Program:
    """Started when its first line is there; ended by its process id."""

    def __init__(self, command, log, environment=None):
        self.log = open(log, "w+")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        self.first_line = self.process.stdout.readline()
        if not self.first_line:
            self.process.wait()
            sys.exit(f"bench: {command[0]} does not start:\n{pathlib.Path(log).read_text()}")

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            sys.exit("bench: the server did not end within 10 seconds")
        self.log.seek(0)
        return self.log.read()
