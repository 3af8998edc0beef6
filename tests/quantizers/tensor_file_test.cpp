#include "quantizers/tensor_file.h"

#include <gtest/gtest.h>

#include "suite/core/error.h"

namespace dsqbench {
namespace {

TEST(TensorFile, keeps_every_element_type) {
    for (const auto type : {at::kByte, at::kChar, at::kShort, at::kInt, at::kLong, at::kHalf, at::kBFloat16, at::kFloat,
                            at::kDouble, at::kBool}) {
        const at::Tensor tensor = at::arange(6, at::kFloat).to(type).reshape({2, 3});
        const at::Tensor back = to_tensor(to_stored(tensor));
        EXPECT_EQ(back.scalar_type(), type);
        EXPECT_TRUE(at::equal(back, tensor)) << at::toString(type);
    }
}

TEST(TensorFile, keeps_scalars_and_empty_tensors) {
    EXPECT_TRUE(at::equal(to_tensor(to_stored(at::scalar_tensor(3.5))), at::scalar_tensor(3.5)));
    EXPECT_EQ(to_tensor(to_stored(at::empty({0, 4}))).sizes(), (std::vector<std::int64_t>{0, 4}));
}

TEST(TensorFile, stores_a_view_in_its_own_order) {
    const at::Tensor view = at::arange(6, at::kFloat).reshape({2, 3}).t();
    EXPECT_TRUE(at::equal(to_tensor(to_stored(view)), view));
}

TEST(TensorFile, refuses_bytes_that_do_not_fill_the_shape) {
    StoredTensor stored = to_stored(at::ones({3}));
    stored.bytes.pop_back();
    EXPECT_THROW(to_tensor(stored), Error);
}

TEST(TensorFile, refuses_types_that_the_format_lacks) {
    EXPECT_THROW(to_stored(at::ones({2}, at::kComplexFloat)), Error);
}

}  // namespace
}  // namespace dsqbench
