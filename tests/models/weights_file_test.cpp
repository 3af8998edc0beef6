#include "suite/models/weights_file.h"

#include <gmock/gmock.h>

#include "suite/core/file_system.h"
#include "tests/refusal.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

const std::filesystem::path corpora = DSQBENCH_SOURCE_DIR "/tests/fuzz/corpus";

std::string weights_refusal(const std::string& bytes) {
    const TemporaryFolder folder;
    write_file_atomically(folder / "w", bytes);
    const Error error = refusal_of([&] { read_weights_file(folder / "w"); });
    EXPECT_EQ(error.code(), ExitCode::data);
    return error.what();
}

TEST(WeightsFile, is_told_by_its_content_and_known_by_its_tensors) {
    const TemporaryFolder folder;
    const TensorFile state = read_weights_file(corpora / "torch_file/state_dict.pt");
    TensorFile other = state;
    other.metadata["author"] = "somebody";
    write_safetensors(folder / "w.pt", other);
    const TensorFile same = read_weights_file(folder / "w.pt");
    EXPECT_EQ(weights_id(same), weights_id(state));
    EXPECT_EQ(weights_id(read_weights_file(corpora / "torch_file/trace.pt")), weights_id(state));
    other.tensors.begin()->second.bytes[0] ^= 1;
    EXPECT_NE(weights_id(other), weights_id(state));
}

TEST(WeightsFile, of_other_content_is_refused_with_what_to_do) {
    EXPECT_THAT(weights_refusal(""), testing::HasSubstr("neither a safetensors file nor one of PyTorch"));
    EXPECT_THAT(weights_refusal("GIF89a of some length"),
                testing::HasSubstr("neither a safetensors file nor one of PyTorch"));
    EXPECT_THAT(weights_refusal(std::string("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.", 15)),
                testing::AllOf(testing::HasSubstr("before 1.6"), testing::HasSubstr("scripts/convert_weights.py")));
    EXPECT_THAT(weights_refusal(format_safetensors({})), testing::HasSubstr("holds no tensors"));
    EXPECT_THAT(weights_refusal(std::string("\xff\0\0\0\0\0\0\0{\"a\"", 12)),
                testing::HasSubstr("not a valid safetensors file"));
    EXPECT_THROW(read_weights_file("/nowhere/w.pt"), Error);
}

}  // namespace
}  // namespace dsqbench
