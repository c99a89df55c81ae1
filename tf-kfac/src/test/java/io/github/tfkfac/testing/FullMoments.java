package io.github.tfkfac.testing;

import io.github.tfkfac.Positions;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.internal.factor.LayerMoments;
import io.github.tfkfac.internal.factor.TapMoments;
import java.util.List;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Second moments of a layer in full, with a row for every position. */
public final class FullMoments {

  private FullMoments() {}

  /** Those of all backward passes. */
  public static <T extends TNumber> SecondMoments<T> of(Ops tf, FisherTap<T> tap) {
    LayerSite<T> site = tap.site();
    return TapMoments.of(
        tf,
        tap,
        LayerMoments.of(site),
        new LayerMoments.Kept(site.inputStructure(), site.outputStructure()),
        Positions.expand());
  }

  /** Those of one backward pass. */
  public static <T extends TNumber> SecondMoments<T> of(Ops tf, Tap<T> tap) {
    return of(tf, new FisherTap<>(List.of(tap)));
  }
}
