"""Write the Linux launchers: two tiny static programs, assembled here by hand.

Each asks the kernel to be killed when its parent dies (prctl), then becomes the given command
(execve), or exits with 127 if that fails. Run from anywhere: python3 scripts/build-launchers.py
"""

import struct
from pathlib import Path

BIN = Path(__file__).resolve().parents[1] / "src/acme/runner/bin"
BASE = 0x400000
HEADERS_SIZE = 64 + 56  # one ELF header, one program header

X86_64 = bytes.fromhex(
    "b8 9d000000"  # mov eax, 157               prctl(
    "bf 01000000"  # mov edi, 1                   PR_SET_PDEATHSIG,
    "be 09000000"  # mov esi, 9                   SIGKILL
    "0f 05      "  # syscall                    )
    "48 8b0c24  "  # mov rcx, [rsp]             argc
    "48 8d742410"  # lea rsi, [rsp + 16]        &argv[1]
    "48 8b3e    "  # mov rdi, [rsi]             argv[1]
    "48 8d54cc10"  # lea rdx, [rsp+rcx*8+16]    envp
    "b8 3b000000"  # mov eax, 59                execve(
    "0f 05      "  # syscall                    )
    "bf 7f000000"  # mov edi, 127
    "b8 3c000000"  # mov eax, 60                exit(127)
    "0f 05      "  # syscall
)

ARM64 = struct.pack(
    "<14I",
    0xD28014E8,  # mov x8, #167                 prctl(
    0xD2800020,  # mov x0, #1                     PR_SET_PDEATHSIG,
    0xD2800121,  # mov x1, #9                     SIGKILL
    0xD4000001,  # svc #0                       )
    0xF94003E3,  # ldr x3, [sp]                 argc
    0x910043E1,  # add x1, sp, #16              &argv[1]
    0xF9400020,  # ldr x0, [x1]                 argv[1]
    0x8B030C22,  # add x2, x1, x3, lsl #3       envp
    0xD2801BA8,  # mov x8, #221                 execve(
    0xD4000001,  # svc #0                       )
    0xD2800FE0,  # mov x0, #127
    0xD2800BA8,  # mov x8, #93                  exit(127)
    0xD4000001,  # svc #0
    0xD503201F,  # nop
)


def elf(machine: int, code: bytes) -> bytes:
    """A static 64-bit executable of one readable and executable segment."""
    size = HEADERS_SIZE + len(code)
    header = struct.pack(
        "<16sHHIQQQIHHHHHH",
        b"\x7fELF\x02\x01\x01",
        *(2, machine, 1, BASE + HEADERS_SIZE, 64, 0, 0, 64, 56, 1, 0, 0, 0),
    )
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, BASE, BASE, size, size, 0x10000)
    return header + segment + code


def main() -> None:
    for platform, machine, code in [("linux_x86_64", 62, X86_64), ("linux_arm64", 183, ARM64)]:
        path = BIN / f"kiln-launch.{platform}"
        path.write_bytes(elf(machine, code))
        path.chmod(0o755)


if __name__ == "__main__":
    main()
