package io.github.tfkfac.detection.arch;

import io.github.tfkfac.models.weights.PyTorchWeights;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Weights of torchvision's detectors and classifiers, as {@code numpy.savez} writes their state
 * dictionaries, under the names of {@link Detector}'s parameters.
 *
 * <table>
 * <caption>Entries of a detector; each stands for {@code .weight} and {@code .bias}</caption>
 * <tr><th>entry</th><th>layer</th></tr>
 * <tr><td>{@code backbone.body.*}</td><td>ResNet, as in a classifier; batch normalization has also
 *     {@code .running_mean} and {@code .running_var}</td></tr>
 * <tr><td>{@code backbone.fpn.inner_blocks.<i>.0}</td><td>1×1 convolution of stage i</td></tr>
 * <tr><td>{@code backbone.fpn.layer_blocks.<i>.0}</td><td>3×3 convolution of level i</td></tr>
 * <tr><td>{@code rpn.head.conv.0.0}, {@code .cls_logits}, {@code .bbox_pred}</td><td>proposal
 *     head</td></tr>
 * <tr><td>{@code roi_heads.box_head.fc6}, {@code .fc7}</td><td>dense layers; columns of fc6 in the
 *     order channel, row, column</td></tr>
 * <tr><td>{@code roi_heads.box_predictor.cls_score}, {@code .bbox_pred}</td><td>class logits, box
 *     deltas</td></tr>
 * <tr><td>{@code roi_heads.mask_head.<i>.0}</td><td>convolutions of the mask head</td></tr>
 * <tr><td>{@code roi_heads.mask_predictor.conv5_mask}, {@code .mask_fcn_logits}</td><td>transposed
 *     convolution, mask logits</td></tr>
 * </table>
 *
 * <p>Torchvision's detectors have the background first: import them with {@link
 * io.github.tfkfac.detection.profile.DetectorProfile#torchvision}. To fine-tune on other classes,
 * leave {@code roi_heads.box_predictor} and {@code roi_heads.mask_predictor.mask_fcn_logits} out by
 * {@link PyTorchWeights#where} and set the rest by {@link PyTorchWeights#assignMatchingTo}.
 */
public final class DetectorWeights {

  /** Path of the backbone's parameters. */
  public static final String BACKBONE = "backbone/body";

  private static final Pattern OLD_PYRAMID =
      Pattern.compile("(backbone\\.fpn\\.(?:inner|layer)_blocks\\.\\d+)\\.(weight|bias)");
  private static final Pattern OLD_PROPOSALS =
      Pattern.compile("(rpn\\.head\\.conv)\\.(weight|bias)");
  private static final Pattern OLD_MASKS =
      Pattern.compile("(roi_heads\\.mask_head\\.)mask_fcn(\\d+)\\.(weight|bias)");

  private DetectorWeights() {}

  /**
   * Weights of a whole detector; also takes the names that torchvision's published files have,
   * which lack the {@code .0} of a block's first layer.
   */
  public static PyTorchWeights ofDetector(PyTorchWeights stateDictionary) {
    return stateDictionary.renamed(DetectorWeights::currentName);
  }

  /**
   * Weights of a classifier for the backbone, to be assigned below {@link #BACKBONE}: {@code
   * conv1.weight}, {@code layer1.0.conv1.weight} and so on; {@code fc} is left out.
   */
  public static PyTorchWeights ofBackbone(PyTorchWeights stateDictionary) {
    return stateDictionary
        .where(name -> !name.startsWith("fc."))
        .renamed(name -> BACKBONE.replace('/', '.') + "." + name);
  }

  private static String currentName(String name) {
    Matcher pyramid = OLD_PYRAMID.matcher(name);
    if (pyramid.matches()) {
      return pyramid.group(1) + ".0." + pyramid.group(2);
    }
    Matcher proposals = OLD_PROPOSALS.matcher(name);
    if (proposals.matches()) {
      return proposals.group(1) + ".0.0." + proposals.group(2);
    }
    Matcher masks = OLD_MASKS.matcher(name);
    if (masks.matches()) {
      int index = Integer.parseInt(masks.group(2)) - 1;
      return masks.group(1) + index + ".0." + masks.group(3);
    }
    return name;
  }
}
