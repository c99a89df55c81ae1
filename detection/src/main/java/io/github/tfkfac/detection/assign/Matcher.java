package io.github.tfkfac.detection.assign;

import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.box.Iou;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.LowQualityMatch;
import java.util.Arrays;
import java.util.Optional;

/**
 * Matches candidate boxes to objects by their overlap: to the object of largest overlap (the first
 * of equals) if that is at least {@code high}; below {@code low} the candidate is background;
 * between, it is ignored. The low-quality rule then adds candidates whose overlap with an object is
 * that object's largest, exact ties included.
 *
 * <p><i>Numerics</i>: float32, as exact ties of float32 overlaps count. As in torchvision, the rule
 * without a lower bound takes an overlap of 0 as well: an object that overlaps nothing matches all
 * candidates that it does not overlap. Leave such objects out.
 *
 * <p>Source: Ren et al., "Faster R-CNN", 2015, section 3.1.2; the rules are torchvision's and
 * MMDetection's.
 *
 * @param high least overlap of a match
 * @param low least overlap of a candidate that is not background, at most {@code high}
 * @param lowQuality what happens to candidates that are the best for an object but not good; empty:
 *     nothing
 */
public record Matcher(double high, double low, Optional<LowQualityMatch> lowQuality) {

  /** Matched to no object. */
  public static final int BACKGROUND = -1;

  /** Neither background nor matched. */
  public static final int IGNORED = -2;

  public Matcher {
    if (!(0 <= low && low <= high && high <= 1)) {
      throw new IllegalArgumentException(
          "expected thresholds 0 <= low <= high <= 1 of a matcher, found low "
              + low
              + " and high "
              + high);
    }
  }

  /** The proposal network's: 0.7 and 0.3 with the profile's low-quality rule. */
  public static Matcher forProposals(DetectorProfile profile) {
    return new Matcher(0.7, 0.3, Optional.of(profile.lowQualityMatch()));
  }

  /** The object of each candidate, {@link #BACKGROUND} or {@link #IGNORED}. */
  public int[] match(Boxes objects, Boxes candidates) {
    return match(
        objects.size(),
        candidates.size(),
        (object, candidate) -> Iou.of(objects, object, candidates, candidate));
  }

  /**
   * The same for known overlaps.
   *
   * @param overlaps {@code [objects][candidates]}
   */
  public int[] match(float[][] overlaps) {
    int candidates = overlaps.length == 0 ? 0 : overlaps[0].length;
    return match(overlaps.length, candidates, (object, candidate) -> overlaps[object][candidate]);
  }

  private int[] match(int objects, int candidates, Overlap overlap) {
    float[] best = new float[candidates];
    int[] bestObject = new int[candidates];
    float[] bestOfObject = new float[objects];
    for (int object = 0; object < objects; object++) {
      for (int candidate = 0; candidate < candidates; candidate++) {
        float value = overlap.of(object, candidate);
        if (value > best[candidate]) {
          best[candidate] = value;
          bestObject[candidate] = object;
        }
        bestOfObject[object] = Math.max(bestOfObject[object], value);
      }
    }
    int[] matched = new int[candidates];
    if (objects == 0) {
      Arrays.fill(matched, BACKGROUND);
      return matched;
    }
    for (int candidate = 0; candidate < candidates; candidate++) {
      matched[candidate] =
          best[candidate] >= (float) high
              ? bestObject[candidate]
              : best[candidate] < (float) low ? BACKGROUND : IGNORED;
    }
    lowQuality.ifPresent(
        rule -> addLowQuality(rule, matched, best, bestObject, bestOfObject, overlap));
    return matched;
  }

  private void addLowQuality(
      LowQualityMatch rule,
      int[] matched,
      float[] best,
      int[] bestObject,
      float[] bestOfObject,
      Overlap overlap) {
    for (int object = 0; object < bestOfObject.length; object++) {
      float largest = bestOfObject[object];
      boolean overwrite = rule == LowQualityMatch.OVERWRITE_BY_OBJECT;
      if (overwrite && largest < (float) low) {
        continue;
      }
      for (int candidate = 0; candidate < matched.length; candidate++) {
        // The first condition avoids most computations of the second.
        if (best[candidate] >= largest && overlap.of(object, candidate) == largest) {
          matched[candidate] = overwrite ? object : bestObject[candidate];
        }
      }
    }
  }

  private interface Overlap {
    float of(int object, int candidate);
  }
}
