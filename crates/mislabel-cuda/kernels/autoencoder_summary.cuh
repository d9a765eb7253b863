// What is kept of a row's errors while classes go by, and where it goes in the end.
#pragma once
#include "device.cuh"

struct RowErrors {
    float own, least, second;
    uint32 least_class;
    double sum;

    DEVICE void clear() {
        own = 0.0f;
        least = INFINITE;
        second = INFINITE;
        least_class = 0;
        sum = 0.0;
    }

    // Classes come in ascending order: the earlier one wins a tie.
    DEVICE void offer(uint32 label, uint32 offered, float error) {
        sum += error;
        const bool is_own = label == offered;
        own = is_own ? error : own;
        const float other = is_own ? INFINITE : error;
        const bool better = other < least;
        second = better ? least : (other < second ? other : second);
        least_class = better ? offered : least_class;
        least = better ? other : least;
    }
};

// One entry per (part of the classes, row).
struct Summaries {
    float *own, *least, *second;
    uint32 *least_class;
    double *sum;

    DEVICE void write(uint64 place, const RowErrors &errors) const {
        own[place] = errors.own;
        least[place] = errors.least;
        second[place] = errors.second;
        least_class[place] = errors.least_class;
        sum[place] = errors.sum;
    }
};

// Which networks measure a row under a class.
struct Chosen {
    uint32 first, count;
};

// `classes` holds every class's first network and how many it has; `fold` is the number of the one to take, modulo how
// many there are, or `ALL`.
constexpr uint32 ALL = 0xffffffffu;
DEVICE Chosen chosen(const uint32 *classes, uint32 number, uint32 fold) {
    const uint32 first = classes[2 * number], count = classes[2 * number + 1];
    if (fold == ALL || count == 0) return Chosen{first, count};
    return Chosen{first + fold % count, 1};
}
