package io.github.tfkfac.optimizer;

import io.github.tfkfac.capture.Fisher;
import io.github.tfkfac.graph.LayerSite;
import io.github.tfkfac.graph.NamePattern;
import io.github.tfkfac.graph.ScanReport;
import io.github.tfkfac.twolevel.CoarseStatistics;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;

/** The masks of an optimizer's layers. */
record ExampleMasks(List<ExampleMask> masks) {

  ExampleMasks {
    masks = List.copyOf(masks);
  }

  /** Whether anything is masked. */
  boolean isEmpty() {
    return masks.isEmpty();
  }

  /** The mask of a layer, if it has one. */
  Optional<Operand<TBool>> of(LayerSite<?> site) {
    return masks.stream()
        .filter(mask -> mask.layers().matches(site.name()))
        .findFirst()
        .map(ExampleMask::mask);
  }

  /** Rejects what cannot be masked. */
  void require(KfacOptions options, List<? extends LayerSite<?>> sites, ScanReport report) {
    if (masks.isEmpty()) {
      return;
    }
    masks.forEach(mask -> Overrides.requireMatch("mask", mask.layers(), report));
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
