"""A seccomp filter: what a notebook never needs and an attack begins with is refused by the kernel.

A filter is a program of the kernel's classic BPF, eight bytes an instruction; bubblewrap loads it (--seccomp). Names are
those of the kernel's tables of system calls.
"""

import errno
import platform
import struct

# AUDIT_ARCH_... of the machine, and the numbers of its calls.
MACHINES = {
    "x86_64": (0xC000003E, {
        "shmget": 29, "shmat": 30, "semget": 64, "msgget": 68, "ptrace": 101, "syslog": 103, "vhangup": 153,
        "modify_ldt": 154, "pivot_root": 155, "adjtimex": 159, "chroot": 161, "acct": 163, "settimeofday": 164,
        "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169, "sethostname": 170,
        "setdomainname": 171, "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176, "quotactl": 179,
        "lookup_dcookie": 212, "clock_settime": 227, "mq_open": 240, "kexec_load": 246, "add_key": 248,
        "request_key": 249, "keyctl": 250, "unshare": 272, "perf_event_open": 298, "fanotify_init": 300,
        "name_to_handle_at": 303, "open_by_handle_at": 304, "clock_adjtime": 305, "setns": 308,
        "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "memfd_create": 319,
        "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323, "ioctl": 16, "socket": 41, "clone": 56,
    }),
    "aarch64": (0xC00000B7, {
        "lookup_dcookie": 18, "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "vhangup": 58, "quotactl": 60,
        "acct": 89, "unshare": 97, "kexec_load": 104, "init_module": 105, "delete_module": 106, "clock_settime": 112,
        "syslog": 116, "ptrace": 117, "reboot": 142, "sethostname": 161, "setdomainname": 162, "settimeofday": 170,
        "adjtimex": 171, "mq_open": 180, "msgget": 186, "semget": 190, "shmget": 194, "shmat": 196, "add_key": 217,
        "request_key": 218, "keyctl": 219, "swapon": 224, "swapoff": 225, "perf_event_open": 241, "fanotify_init": 262,
        "name_to_handle_at": 264, "open_by_handle_at": 265, "clock_adjtime": 266, "setns": 268,
        "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "finit_module": 273, "memfd_create": 279,
        "bpf": 280, "userfaultfd": 282, "kexec_file_load": 294, "ioctl": 29, "socket": 198, "clone": 220,
    }),
}
# The later ones have the same number everywhere.
EVERYWHERE = {
    "io_uring_setup": 425, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432,
    "fspick": 433, "clone3": 435, "pidfd_getfd": 438, "mount_setattr": 442, "quotactl_fd": 443, "memfd_secret": 447,
}

# Programs try another way where these are not there: memory without a file system that bounds it, calls that the filter
# cannot look into (clone3), a queue of calls beside it (io_uring).
MISSING = ("memfd_create", "memfd_secret", "clone3", "io_uring_setup")
# These are refused in part only.
LOOKED_INTO = ("ioctl", "socket", "clone")

NEW_NAMESPACES = 0x7E020000  # CLONE_NEW...: user, pid, network, mounts, ...
FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK; not AF_VSOCK, by which a virtual machine's host is reached
TYPES_FOR_OTHERS = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: keys typed into the terminal

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
KILL, REFUSE, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
NUMBER, MACHINE, ARGUMENT_1, ARGUMENT_2 = 0, 4, 16, 24  # in struct seccomp_data; of an argument its lower half


def step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


def seccomp_filter() -> "bytes | None":
    """None on machines whose numbers are not known here."""
    if platform.machine() not in MACHINES:
        return None
    machine, numbers = MACHINES[platform.machine()]
    numbers = {**numbers, **EVERYWHERE}
    program = [
        step(LOAD, MACHINE), step(EQUAL, machine, 1, 0), step(RETURN, KILL),
        step(LOAD, NUMBER),
        # Calls in another form (x32), which have other numbers.
        step(AT_LEAST, 0x40000000, 0, 1), step(RETURN, REFUSE | errno.ENOSYS),
    ]
    for name, number in numbers.items():
        if name not in LOOKED_INTO:
            program += [step(EQUAL, number, 0, 1), step(RETURN, REFUSE | (errno.ENOSYS if name in MISSING else errno.EPERM))]
    program += [
        step(EQUAL, numbers["clone"], 0, 4), step(LOAD, ARGUMENT_1),
        step(ANY_BIT, NEW_NAMESPACES, 0, 1), step(RETURN, REFUSE | errno.EPERM), step(RETURN, ALLOW),
        step(EQUAL, numbers["ioctl"], 0, 5), step(LOAD, ARGUMENT_2),
        *(step(EQUAL, kind, len(TYPES_FOR_OTHERS) - at, 0) for at, kind in enumerate(TYPES_FOR_OTHERS)),
        step(RETURN, ALLOW), step(RETURN, REFUSE | errno.EPERM),
        step(EQUAL, numbers["socket"], 0, 7), step(LOAD, ARGUMENT_1),
        *(step(EQUAL, family, len(FAMILIES) - at, 0) for at, family in enumerate(FAMILIES)),
        step(RETURN, REFUSE | errno.EAFNOSUPPORT), step(RETURN, ALLOW),
        step(RETURN, ALLOW),
    ]
    return b"".join(program)
