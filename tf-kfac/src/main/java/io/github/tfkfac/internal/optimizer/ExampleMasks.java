package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.ExampleMask;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.NamePattern;
import io.github.tfkfac.ScanReport;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.internal.twolevel.CoarseStatistics;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;

/** The masks of an optimizer's layers. */
public record ExampleMasks(List<ExampleMask> masks) {

  public ExampleMasks {
    masks = List.copyOf(masks);
  }

  /** Whether anything is masked. */
  boolean isEmpty() {
    return masks.isEmpty();
  }

  /** The mask of a layer, if it has one. */
  public Optional<Operand<TBool>> of(LayerSite<?> site) {
    return masks.stream()
        .filter(mask -> mask.layers().matches(site.name()))
        .findFirst()
        .map(ExampleMask::mask);
  }

  /** Rejects what cannot be masked. */
  public void require(KfacOptions options, List<? extends LayerSite<?>> sites, ScanReport report) {
    if (masks.isEmpty()) {
      return;
    }
    masks.forEach(mask -> Overrides.requireMatch("mask", mask.layers(), sites, report));
    sites.forEach(site -> requireOne(site.name()));
    if (!(options.factors().fisher() instanceof Fisher.Empirical)) {
      throw new IllegalArgumentException(
          "expected Fisher.empirical() with masks of examples, found "
              + options.factors().fisher()
              + ", whose drawn targets would count the padding");
    }
    Set<Optional<Operand<TBool>>> ofCovered = new HashSet<>();
    sites.stream().filter(CoarseStatistics::covers).map(this::of).forEach(ofCovered::add);
    if (options.coarse().isPresent() && ofCovered.size() > 1) {
      throw new IllegalArgumentException(
          "expected one mask for all layers of a two-level correction, which compares their"
              + " examples, found layers with different ones; mask '*' or leave the coarse level"
              + " out");
    }
  }

  private void requireOne(String layer) {
    List<NamePattern> matching =
        masks.stream().map(ExampleMask::layers).filter(pattern -> pattern.matches(layer)).toList();
    if (matching.size() > 1) {
      throw new IllegalArgumentException(
          "expected at most one mask of examples for layer '%s', found %s"
              .formatted(layer, matching));
    }
  }
}
