// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CORE_BOXED_HPP
#define ROTA_CORE_BOXED_HPP

#include <memory>

namespace rota {

/// A value at an address that stays when the box moves. A copy of the box holds a copy of the value, so that
/// what is made of boxes is a value, too: a copied scheduler is its saved state.
template <class T>
class boxed {
public:
    boxed() : held_{std::make_unique<T>()} {}
    boxed(boxed const& other) : held_{std::make_unique<T>(*other)} {}
    boxed(boxed&&) noexcept = default; ///< an emptied box may only be assigned to or destroyed
    boxed& operator=(boxed const& other) { return *this = boxed{other}; }
    boxed& operator=(boxed&&) noexcept = default;
    ~boxed() = default;

    [[nodiscard]] T& operator*() noexcept { return *held_; }
    [[nodiscard]] T const& operator*() const noexcept { return *held_; }
    [[nodiscard]] T* operator->() noexcept { return held_.get(); }
    [[nodiscard]] T const* operator->() const noexcept { return held_.get(); }

private:
    std::unique_ptr<T> held_;
};

} // namespace rota

#endif
