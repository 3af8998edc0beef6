// A plug-in for QEMU's user-mode emulators that counts executed instructions, for scripts/arm_bench:
//     g++ -O2 -shared -fPIC scripts/count_instructions.cpp -o count.so
//     qemu-aarch64 -d plugin -plugin ./count.so program
// prints "instructions N". Debian ships QEMU with plug-ins compiled in, but no header, hence the declarations; they are
// version 1 of the interface (QEMU 4.2 to 8.2).
#include <cstddef>
#include <cstdint>
#include <cstdio>

extern "C" {
using qemu_plugin_id_t = std::uint64_t;
struct qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
__attribute__((visibility("default"))) int qemu_plugin_version = 1;
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, qemu_plugin_tb*));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void*), void*);
std::size_t qemu_plugin_tb_n_insns(const qemu_plugin_tb*);
// `operation` 0: adds `value` to the number at `pointer` when the block runs, without a call.
void qemu_plugin_register_vcpu_tb_exec_inline(qemu_plugin_tb*, int operation, void* pointer, std::uint64_t value);
void qemu_plugin_outs(const char*);
}

namespace {

std::uint64_t executed = 0;

void count_block(qemu_plugin_id_t, qemu_plugin_tb* block) {
    qemu_plugin_register_vcpu_tb_exec_inline(block, 0, &executed, qemu_plugin_tb_n_insns(block));
}

void print(qemu_plugin_id_t, void*) {
    char line[64];
    std::snprintf(line, sizeof line, "instructions %llu\n", static_cast<unsigned long long>(executed));
    qemu_plugin_outs(line);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t*, int,
                                                                          char**) {
    qemu_plugin_register_vcpu_tb_trans_cb(id, count_block);
    qemu_plugin_register_atexit_cb(id, print, nullptr);
    return 0;
}
