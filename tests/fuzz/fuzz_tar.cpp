// Any bytes as a tar archive: members inside it, or Error.
#include <cstdint>
#include <cstdlib>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/data/tar.h"
#include "tests/temporary_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dsqbench;
    static const TemporaryFolder folder;
    write_file_atomically(folder / "a.tar", {reinterpret_cast<const char*>(data), size});
    try {
        for (const TarMember& member : tar_members(folder / "a.tar"))
            if (member.offset > size || member.size > size - member.offset) std::abort();
    } catch (const Error&) {
    }
    return 0;
}
