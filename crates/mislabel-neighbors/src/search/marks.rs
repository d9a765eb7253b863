//! Marks of rows by what is in them, so that a choice among equals does not depend on the order of samples.

/// A number for a row that depends on its values alone; +0 and −0 are the same.
pub(crate) fn mark(row: &[f32]) -> u64 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut lanes = [ODD, !ODD, ODD.rotate_left(21), ODD.rotate_left(42)];
    let (blocks, rest) = row.as_chunks::<4>();
    for block in blocks {
        lanes.iter_mut().zip(block).for_each(|(lane, value)| *lane = stirred(*lane, *value));
    }
    lanes.iter_mut().zip(rest).for_each(|(lane, value)| *lane = stirred(*lane, *value));
    lanes.iter().fold(row.len() as u64, |mark, lane| finished(mark.rotate_left(17) ^ lane))
}

/// Of several candidates at the same distance from a sample the one of the lowest rank is nearest: a drawing of lots by the
/// `marks` of the two rows, so that neither the first samples nor any others are everybody's neighbors.
pub(crate) fn rank(own: u64, candidate: u64) -> u64 {
    own ^ candidate
}

fn stirred(lane: u64, value: f32) -> u64 {
    ((lane ^ u64::from((value + 0.0).to_bits())).wrapping_mul(0xBF58_476D_1CE4_E5B9)).rotate_left(29)
}

/// SplitMix64's finaliser (Steele, Lea & Flood 2014).
fn finished(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_few_bits_have_marks_of_their_own() {
        let rows = (0..4096_u32).map(|number| (0..12).map(|bit| (number >> bit & 1) as f32).collect::<Vec<f32>>());
        let mut marks: Vec<u64> = rows.map(|row| mark(&row)).collect();
        marks.sort_unstable();
        marks.dedup();
        assert_eq!(marks.len(), 4096);
    }

    #[test]
    fn the_sign_of_zero_is_no_mark() {
        assert_eq!(mark(&[0.0, -0.0, 1.0]), mark(&[-0.0, 0.0, 1.0]));
        assert_ne!(mark(&[0.0, 1.0]), mark(&[1.0, 0.0]));
        assert_ne!(mark(&[0.0]), mark(&[0.0, 0.0]));
    }
}
