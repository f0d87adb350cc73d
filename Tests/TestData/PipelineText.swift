extension TestData {
  /// Returns a `pipeline.config` of the Object Detection API; unless told otherwise that of an SSDLite of 320×320 pixels and
  /// 80 classes.
  public static func pipeline(
    _ extractor: String, depthwise: Bool = true, predictor: String = "kernel_size: 3 use_depthwise: true",
    size: Int = 320, classes: Int = 80, features: String = "", model: String = "", more: String = ""
  ) -> String {
    """
    # A comment
    model { ssd {
      num_classes: \(classes) \(model)
      image_resizer { fixed_shape_resizer { height: \(size) width: \(size) } }
      feature_extractor {
        type: "\(extractor)" use_depthwise: \(depthwise) \(features)
        conv_hyperparams { activation: RELU_6, batch_norm { scale: true } regularizer { l2_regularizer { weight: 4e-5 } } }
      }
      box_predictor { convolutional_box_predictor {
        \(predictor) conv_hyperparams < activation: RELU_6, batch_norm { scale: true } >
      } }
      box_coder { faster_rcnn_box_coder { } }
      anchor_generator { ssd_anchor_generator { aspect_ratios: [1.0, 2.0, 0.5] aspect_ratios: 3.0 aspect_ratios: 0.3333 } }
      post_processing {
        batch_non_max_suppression { score_threshold: 1e-8 iou_threshold: 0.6 } score_converter: SIGMOID
      }
    } }
    train_config { batch_size: 24 }
    \(more)
    """
  }
}
