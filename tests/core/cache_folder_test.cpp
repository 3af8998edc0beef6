#include "suite/core/cache_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

namespace dsqbench {
namespace {

TEST(UserCacheFolder, is_where_the_user_wants_it) {
    const auto with = [](const char* cache, const char* home) {
        cache != nullptr ? ::setenv("XDG_CACHE_HOME", cache, 1) : ::unsetenv("XDG_CACHE_HOME");
        home != nullptr ? ::setenv("HOME", home, 1) : ::unsetenv("HOME");
        return user_cache_folder().string();
    };
    const char* cache = std::getenv("XDG_CACHE_HOME");
    const char* home = std::getenv("HOME");
    const std::optional<std::string> cache_before = cache ? std::optional<std::string>(cache) : std::nullopt;
    const std::optional<std::string> home_before = home ? std::optional<std::string>(home) : std::nullopt;
    EXPECT_EQ(with("/cache", "/home/me"), "/cache/dsqbench");
    EXPECT_EQ(with(nullptr, "/home/me"), "/home/me/.cache/dsqbench");
    EXPECT_EQ(with("relative", "/home/me"), "/home/me/.cache/dsqbench");  // as its specification wants
    EXPECT_EQ(with(nullptr, nullptr), "");
    with(cache_before ? cache_before->c_str() : nullptr, home_before ? home_before->c_str() : nullptr);
}

}  // namespace
}  // namespace dsqbench
