// The running summary of one row's squared errors under all classes.
#pragma once
#include "device.cuh"

// What is known of the classes of the table, and where the summaries of the samples go.
struct Classes {
    const float2 *constants; // (p, c) of every class in the table
    const uint32 *classes;   // and which class it is
};

struct Summaries {
    float *own, *least, *second, *sum;
    uint32 *nearest;
};

// A column's part of a squared error: see class_scores.cu.
DEVICE float column_term(float product, float offset, float weight) {
    const float t = product - offset;
    return t * (weight > 0.0f ? -t : weight);
}

struct RowSummary {
    uint32 label;
    float norm;
    // The sum over the columns of the present class so far.
    float class_sum;
    float own, least, second, sum, carry;
    uint32 nearest;

    DEVICE void start(uint32 given, float square) {
        label = given;
        norm = square;
        class_sum = own = sum = carry = 0.0f;
        least = second = INFINITE;
        nearest = 0;
    }

    // Ends the class at place `slot` of the table.
    DEVICE void offer(const Classes &table, uint32 slot) {
        const float squared = fmaxf(table.constants[slot].x * norm + table.constants[slot].y + class_sum, 0.0f);
        const uint32 c = table.classes[slot];
        class_sum = 0.0f;
        if (c == label) {
            own = squared;
            return;
        }
        if (squared < least) {
            second = least;
            least = squared;
            nearest = c;
        } else {
            second = fminf(second, squared);
        }
        // Kahan's sum: thousands of classes in f32 lose nothing.
        const float corrected = sqrtf(squared) - carry, total = sum + corrected;
        carry = (total - sum) - corrected;
        sum = total;
    }

    DEVICE void store(const Summaries &to, uint64 sample) const {
        to.own[sample] = own;
        to.least[sample] = least;
        to.second[sample] = second;
        to.sum[sample] = sum;
        to.nearest[sample] = nearest;
    }
};
