package io.github.tfkfac.models.arch;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The architectures that have a name. Those that exist at both {@linkplain ImageScale scales} have
 * {@code -imagenet} appended to their name at the larger one.
 */
public final class Architectures {

  private static final Map<String, Architecture> BY_NAME = byName();

  private Architectures() {}

  /** All names, in a fixed order. */
  public static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }

  /**
   * The architecture called {@code name}.
   *
   * @throws IllegalArgumentException if there is none; the message has the nearest name
   */
  public static Architecture named(String name) {
    @Nullable Architecture architecture = BY_NAME.get(name);
    if (architecture == null) {
      throw new IllegalArgumentException(
          String.format(
              "expected the name of an architecture, found '%s': did you mean '%s'? Known are %s",
              name, nearest(name), String.join(", ", BY_NAME.keySet())));
    }
    return architecture;
  }

  private static Map<String, Architecture> byName() {
    Map<String, Architecture> architectures = new LinkedHashMap<>();
    Stream.of(
            Stream.of(new Mlp(512, 256)),
            Stream.of(DeepLinear.published()),
            Stream.of(VisionTransformer.small()),
            IntStream.of(8, 20, 32, 44, 56, 110).mapToObj(CifarResNet::new),
            Stream.of(ImageScale.values()).flatMap(Architectures::atScale))
        .flatMap(family -> family)
        .forEach(architecture -> architectures.put(architecture.name(), architecture));
    return architectures;
  }

  private static Stream<Architecture> atScale(ImageScale scale) {
    return Stream.of(
            IntStream.of(18, 34, 50, 101).mapToObj(depth -> new ResNet(depth, scale)),
            IntStream.of(11, 16, 19).mapToObj(depth -> new Vgg(depth, scale)),
            Stream.of(DenseNet.depth121(scale)),
            Stream.of(new AlexNet(scale)))
        .flatMap(family -> family);
  }

  private static String nearest(String name) {
    return BY_NAME.keySet().stream()
        .min(Comparator.comparingInt(known -> editDistance(name, known)))
        .orElseThrow();
  }

  /** Fewest insertions, deletions and substitutions that turn one text into the other. */
  private static int editDistance(String from, String to) {
    int[] previous = IntStream.rangeClosed(0, to.length()).toArray();
    for (int i = 1; i <= from.length(); i++) {
      int[] current = new int[to.length() + 1];
      current[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int substitution = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        current[j] =
            Math.min(Math.min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + substitution);
      }
      previous = current;
    }
    return previous[to.length()];
  }
}
